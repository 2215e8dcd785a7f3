//! What is written to the metrics.

use std::collections::BTreeMap;
use std::sync::Mutex;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use super::*;
use crate::names;

/// Keeps the last value of each series.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, u64>>>);

struct Series(Kept, String);

impl Kept {
    fn series(&self, key: &Key) -> Arc<Series> {
        let labels = key.labels().map(|label| format!("{}={}", label.key(), label.value()));
        let name = format!("{}{{{}}}", key.name(), labels.collect::<Vec<_>>().join(","));
        Arc::new(Series(self.clone(), name))
    }

    fn get(&self, name: &str, labels: &str) -> Option<u64> {
        self.0.lock().unwrap().get(&format!("{name}{{{labels}}}")).copied()
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        *self.0.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
    }

    fn absolute(&self, value: u64) {
        self.0.0.lock().unwrap().insert(self.1.clone(), value);
    }
}

impl GaugeFn for Series {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, value: f64) {
        CounterFn::absolute(self, Duration::from_secs_f64(value).as_secs());
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// A policy that has met with a bit of everything.
async fn worn(config: &PolicyConfig, party: &Party) -> Policy {
    let policy = policy(config);
    assert!(policy.call(Idempotent, |_| party.fails(Kind::Transient)).await.is_err());
    assert!(policy.call(Idempotent, |_| party.hangs()).await.is_err());
    let leaves = policy.call(NotIdempotent, |_| party.hangs());
    assert!(tokio::time::timeout(ms(1), leaves).await.is_err());
    let full = async { policy.call(Idempotent, |_| party.fine()).await };
    let (_, full) = tokio::join!(policy.call(NotIdempotent, |_| party.answer(ms(1), Ok(1))), full);
    assert_eq!(full, Err(PolicyError::Full));
    assert!(policy.call(Idempotent, |_| party.fine()).await.is_err(), "beyond the quota");
    policy
}

#[tokio::test(start_paused = true)]
async fn every_count_has_its_name_and_labels() {
    let config = PolicyConfig {
        timeout: timeout(Some(seconds(1)), Some(seconds(60))),
        rate: rate(5, seconds(10_000), ms(0)),
        bulkhead: bulkhead(1, 0, ms(0)),
        hedge: hedge(ms(100)),
        retry: retry(2, ms(10)),
        ..bare()
    };
    for has_breaker in [false, true] {
        let breaker = breaker(100, seconds(60)).filter(|_| has_breaker);
        let (kept, party) = (Kept::default(), Party::default());
        let policy = worn(&PolicyConfig { breaker, ..config.clone() }, &party).await;
        metrics::with_local_recorder(&kept, || policy.export_metrics());
        // Two tries that failed; two of the call and two of its hedge that hung.
        let expected = [
            (names::CALLS, "policy=party,outcome=success", 1),
            (names::CALLS, "policy=party,outcome=failure", 6),
            (names::CALLS, "policy=party,outcome=cancelled", 1),
            (names::RETRIES, "policy=party", 3),
            (names::HEDGES, "policy=party", 1),
            (names::REFUSED, "policy=party,reason=full", 1),
            (names::REFUSED, "policy=party,reason=rate_limited", 1),
            (names::REFUSED, "policy=party,reason=shed", 0),
            (names::REFUSED, "policy=party,reason=budget", 0),
            (names::RATE_LIMITED, "policy=party", 1),
            (names::HTTP_REQUEST_TIMEOUT, "policy=party,phase=per_try", 4),
            (names::HTTP_REQUEST_TIMEOUT, "policy=party,phase=whole", 0),
            (names::BULKHEAD_IN_USE, "policy=party", 0),
            // In whole seconds: two tries of one second, the hedge's a tenth later.
            (names::LONGEST_CALL, "policy=party", 2),
        ];
        for (name, labels, value) in expected {
            assert_eq!(kept.get(name, labels), Some(value), "{name} {labels}, breaker: {has_breaker}");
        }
        assert_eq!(kept.get(names::BREAKER_STATE, "policy=party").is_some(), has_breaker);
    }
}
