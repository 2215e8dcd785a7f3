//! What the mechanisms around a call cost when nothing is wrong, in nanoseconds a call, beside those of others and
//! beside the bare call.

use std::future::{Future, ready};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use anyhow::{Context as _, Result};
use failsafe::CircuitBreaker;
use governor::{Quota as TheirQuota, RateLimiter};
use resilience::breaker::{Breaker, BreakerConfig, BreakerLayer};
use resilience::rate::{KeyedRateLimit, Quota, RateLimit};
use resilience::{Idempotency, Kind, Policy, PolicyConfig, Surroundings, SystemClock};
use tower::{Layer, Service, service_fn};
use tower_resilience::circuitbreaker::CircuitBreakerLayer;

use crate::allocation;
use crate::harness::{Table, time};

const CALLS: usize = 1_000_000;
const ROUNDS: usize = 7;
/// Far more than a run makes, so that no limit is ever reached.
const PER_SECOND: u32 = 1_000_000_000;
const KEYS: u64 = 1_000;

/// A measured way to do one call.
type Way<'a> = (&'a str, &'a mut dyn FnMut());

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let breaker = Breaker::new("bench", BreakerConfig::default(), SystemClock::new())?;
    let theirs = failsafe::Config::new().build();
    compare(
        table,
        "closed breaker around a call",
        ("try_acquire, success", &mut || {
            if let Ok(permit) = black_box(&breaker).try_acquire() {
                permit.success();
            }
        }),
        ("failsafe", &mut || drop(black_box(theirs.call(|| Ok::<(), ()>(()))))),
        "floor: failsafe; aim 5 ns",
    );
    layers(table)?;
    rates(table)?;
    policies(table)?;
    counters(table);
    Ok(())
}

fn layers(table: &mut Table) -> Result<()> {
    let inner = || service_fn(|number: u64| ready(Ok::<u64, Kind>(number)));
    let breaker = Breaker::new("bench", BreakerConfig::default(), SystemClock::new())?;
    let mut ours = BreakerLayer::new(std::sync::Arc::new(breaker)).layer(inner());
    let layer =
        CircuitBreakerLayer::builder().failure_rate_threshold(0.5).sliding_window_size(100).build()?;
    let mut theirs = layer.layer(inner());
    compare(
        table,
        "the same as a tower layer",
        ("BreakerLayer", &mut || call(&mut ours)),
        ("tower-resilience", &mut || call(&mut theirs)),
        "",
    );
    Ok(())
}

fn call<S: Service<u64>>(service: &mut S) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(service.poll_ready(&mut context), Poll::Ready(Ok(()))), "always ready");
    black_box(finish(service.call(black_box(1))).is_ok());
}

fn rates(table: &mut Table) -> Result<()> {
    let per_second = NonZeroU32::new(PER_SECOND).context("not zero")?;
    let ours = RateLimit::new(Quota::per_second(PER_SECOND))?;
    let theirs = RateLimiter::direct(TheirQuota::per_second(per_second));
    compare(
        table,
        "rate limit check",
        ("RateLimit", &mut || is(ours.check().is_ok())),
        ("governor direct", &mut || is(theirs.check().is_ok())),
        "floor: governor; aim half of 20 ns",
    );
    let ours: KeyedRateLimit<u64> = KeyedRateLimit::new(Quota::per_second(PER_SECOND), 10_000)?;
    let theirs = RateLimiter::keyed(TheirQuota::per_second(per_second));
    let (mut key, mut other) = (0, 0);
    compare(
        table,
        "the same among 1,000 keys",
        ("KeyedRateLimit", &mut || {
            key = (key + 7) % KEYS;
            black_box(ours.check(&key).is_ok());
        }),
        ("governor keyed", &mut || {
            other = (other + 7) % KEYS;
            black_box(theirs.check_key(&other).is_ok());
        }),
        "floor: governor; aim half of 50 ns",
    );
    Ok(())
}

fn policies(table: &mut Table) -> Result<()> {
    let policy = |config: &PolicyConfig| Policy::new("bench", config, Surroundings::system());
    let whole = policy(&PolicyConfig::default())?;
    let without_retry = policy(&PolicyConfig { retry: None, ..PolicyConfig::default() })?;
    let mut bare = || is(finish(ready(Ok::<u64, Kind>(black_box(1)))).is_ok());
    for (what, policy) in [("a whole policy", &whole), ("a policy without retry", &without_retry)] {
        let mut ours = || {
            let called = policy.call(Idempotency::Idempotent, |_| ready(Ok::<u64, Kind>(black_box(1))));
            is(finish(called).is_ok());
        };
        compare(table, what, ("Policy::call", &mut ours), ("bare call", &mut bare), "at most 300 ns");
    }
    let before = allocation::calls();
    for _ in 0..CALLS {
        let called = without_retry.call(Idempotency::Idempotent, |_| ready(Ok::<u64, Kind>(1)));
        black_box(finish(called).is_ok());
    }
    let allocations = allocation::calls() - before;
    table.line(
        "allocations in 1 M calls through a policy",
        allocations.to_string(),
        "0".to_owned(),
        String::new(),
        "wanted: 0",
    );
    Ok(())
}

fn counters(table: &mut Table) {
    let ours = telemetry::Metrics::new(telemetry::Redactor::default());
    let theirs = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let count = || metrics::counter!("mdp_source_items_total", "kind" => "trade");
    let our_counter = metrics::with_local_recorder(ours.recorder(), count);
    let their_counter = metrics::with_local_recorder(&theirs, count);
    compare(
        table,
        "count through a handle",
        ("telemetry", &mut || our_counter.increment(1)),
        ("metrics-exporter-prometheus", &mut || their_counter.increment(1)),
        "",
    );
}

/// Keeps the answer from being thought away.
fn is(answer: bool) {
    black_box(answer);
}

/// A call that is ready at once needs no runtime.
fn finish<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

fn compare(table: &mut Table, what: &str, ours: Way<'_>, baseline: Way<'_>, note: &str) {
    let (mut our_best, mut their_best) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        their_best = their_best.min(time(|| (0..CALLS).for_each(|_| (baseline.1)())));
        our_best = our_best.min(time(|| (0..CALLS).for_each(|_| (ours.1)())));
    }
    let nanoseconds = |best: Duration| best.as_secs_f64() * 1e9 / CALLS as f64;
    let (our_cost, their_cost) = (nanoseconds(our_best), nanoseconds(their_best));
    table.line(
        what,
        format!("{our_cost:.1} ns {}", ours.0),
        format!("{their_cost:.1} ns {}", baseline.0),
        format!("{:.2}", their_cost / our_cost),
        note,
    );
}
