mod calls;
mod cancel;
mod config;
mod longest;
mod metered;
mod operators;
mod order;
mod probing;
mod random;
mod service;
mod storm;
mod words;

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::time::{Instant, sleep};

use super::*;
use crate::breaker::BreakerConfig;
use crate::bulkhead::BulkheadConfig;
use crate::clock::TokioClock;
use crate::failure::Kind;
use crate::hedge::HedgeConfig;
use crate::retry::{BudgetConfig, RetryConfig};
use crate::shed::ShedConfig;
use Idempotency::{Idempotent, NotIdempotent};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Every mechanism switched off, for tests to switch on what they are about.
fn bare() -> PolicyConfig {
    PolicyConfig {
        fallback: true,
        timeout: TimeoutConfig { per_try: None, whole: None },
        shed: None,
        rate: None,
        bulkhead: None,
        hedge: None,
        retry: None,
        breaker: None,
    }
}

fn timeout(per_try: Option<Duration>, whole: Option<Duration>) -> TimeoutConfig {
    TimeoutConfig { per_try, whole }
}

fn rate(calls: u32, window: Duration, wait_max: Duration) -> Option<RateConfig> {
    Some(RateConfig { calls, window, burst: None, wait_max })
}

fn bulkhead(at_once_max: u32, waiting_max: u32, wait_max: Duration) -> Option<BulkheadConfig> {
    Some(BulkheadConfig { at_once_max, waiting_max, wait_max })
}

/// Waits of exactly the initial bound's half; an ample budget.
fn retry(tries_max: u32, initial: Duration) -> Option<RetryConfig> {
    let budget = BudgetConfig { ratio: 1.0, reserve: 10_000 };
    Some(RetryConfig { tries_max, initial, multiplier: 1.0, cap: seconds(3_600), budget })
}

fn breaker(consecutive_failures: u32, open_for: Duration) -> Option<BreakerConfig> {
    let config = BreakerConfig { consecutive_failures, open_for, ..BreakerConfig::default() };
    Some(BreakerConfig { successes_to_close: 1, ..config })
}

fn hedge(after: Duration) -> Option<HedgeConfig> {
    Some(HedgeConfig { after, ..HedgeConfig::default() })
}

fn policy(config: &PolicyConfig) -> Policy {
    struct Half;
    impl Chance for Half {
        fn unit(&self) -> f64 {
            0.5
        }
    }
    let surroundings = Surroundings { clock: Arc::new(TokioClock::new()), chance: Arc::new(Half) };
    Policy::new("party", config, surroundings).unwrap()
}

/// Whom calls go to.
#[derive(Default)]
struct Party {
    asked: AtomicU32,
    inside: AtomicU32,
    inside_max: AtomicU32,
}

struct Inside<'a>(&'a Party);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Party {
    /// Takes so long, and says so. Counts itself as inside for as long as it is not dropped.
    async fn answer(&self, takes: Duration, answer: Result<u32, Kind>) -> Result<u32, Kind> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.inside_max.fetch_max(inside, Ordering::SeqCst);
        let _inside = Inside(self);
        if !takes.is_zero() {
            sleep(takes).await;
        }
        answer
    }

    async fn fine(&self) -> Result<u32, Kind> {
        self.answer(Duration::ZERO, Ok(1)).await
    }

    async fn fails(&self, kind: Kind) -> Result<u32, Kind> {
        self.answer(Duration::ZERO, Err(kind)).await
    }

    async fn hangs(&self) -> Result<u32, Kind> {
        self.answer(seconds(1_000_000), Ok(1)).await
    }

    /// How often it was asked since the last look.
    fn asked(&self) -> u32 {
        assert_eq!(self.inside.load(Ordering::SeqCst), 0, "nobody is left inside");
        self.asked.swap(0, Ordering::SeqCst)
    }
}

type Outcome = Result<u32, PolicyError<Kind>>;

async fn timed(call: impl Future<Output = Outcome>) -> (Outcome, Duration) {
    let began = Instant::now();
    (call.await, began.elapsed())
}

/// Everything that calls can hold is given back.
fn assert_empty(policy: &Policy) {
    let parts = policy.parts.as_ref();
    assert_eq!((parts.bulkhead.in_use(), parts.bulkhead.waiting()), (0, 0), "bulkhead");
    assert_eq!(parts.shedder.snapshot().in_flight, 0, "in flight");
    assert_eq!(parts.breaker.snapshot().probes, 0, "probes");
}
