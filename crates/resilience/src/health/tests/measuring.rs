//! Metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::world::{Party, depending, health, put, put_as, required, run, seconds, supporting};
use crate::health::Status::{Degraded, Healthy, Unhealthy};
use crate::health::{CHANGES, CHECK_SECONDS};
use crate::names::{COMPONENT_STATE, HEALTH_STATUS};

/// The last value of a gauge, the sum of a counter, the recordings of a histogram.
#[derive(Debug, Default, Clone)]
struct Recorded(Arc<Mutex<BTreeMap<String, f64>>>);

#[derive(Debug)]
struct Series {
    recorded: Recorded,
    name: String,
}

impl Recorded {
    fn of(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.0.lock().unwrap().get(&format!("{name} {labels:?}")).copied()
    }

    fn series(&self, key: &Key) -> Arc<Series> {
        let labels: Vec<_> = key.labels().map(|label| (label.key(), label.value())).collect();
        Arc::new(Series { recorded: self.clone(), name: format!("{} {labels:?}", key.name()) })
    }
}

impl Series {
    fn change(&self, change: impl FnOnce(&mut f64)) {
        change(self.recorded.0.lock().unwrap().entry(self.name.clone()).or_default());
    }
}

impl metrics::CounterFn for Series {
    fn increment(&self, value: u64) {
        self.change(|sum| *sum += f64::from(u32::try_from(value).unwrap()));
    }

    fn absolute(&self, value: u64) {
        self.change(|sum| *sum = f64::from(u32::try_from(value).unwrap()));
    }
}

impl metrics::GaugeFn for Series {
    fn increment(&self, value: f64) {
        self.change(|last| *last += value);
    }

    fn decrement(&self, value: f64) {
        self.change(|last| *last -= value);
    }

    fn set(&self, value: f64) {
        self.change(|last| *last = value);
    }
}

impl metrics::HistogramFn for Series {
    fn record(&self, _: f64) {
        self.change(|count| *count += 1.0);
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}

fn recorded(test: impl FnOnce(&Recorded)) {
    let recorded = Recorded::default();
    metrics::with_local_recorder(&recorded, || test(&recorded));
}

#[test]
fn gauges_follow_the_states() {
    recorded(|recorded| {
        let health = health();
        let whole = || recorded.of(HEALTH_STATUS, &[]);
        let state = |name| recorded.of(COMPONENT_STATE, &[("component", name)]);
        assert_eq!(whole(), Some(0.0));
        put(&health, required("database"));
        assert_eq!((whole(), state("database")), (Some(1.0), Some(1.0)));
        put_as(&health, depending(supporting("writer"), &["database"]), Healthy);
        super::world::answer(&health, "database", Unhealthy);
        assert_eq!((whole(), state("database"), state("writer")), (Some(2.0), Some(2.0), Some(1.0)));
        super::world::answer(&health, "database", Healthy);
        assert_eq!((whole(), state("database"), state("writer")), (Some(0.0), Some(0.0), Some(0.0)));
    });
}

#[test]
fn one_that_left_raises_no_alarm() {
    recorded(|recorded| {
        let health = health();
        put_as(&health, required("database"), Unhealthy);
        health.deregister("database");
        assert_eq!(recorded.of(COMPONENT_STATE, &[("component", "database")]), Some(0.0));
        assert_eq!(recorded.of(HEALTH_STATUS, &[]), Some(0.0));
    });
}

#[test]
fn changes_are_counted_by_where_they_lead() {
    recorded(|recorded| {
        let health = health();
        put(&health, required("database"));
        for status in [Healthy, Unhealthy, Unhealthy, Healthy, Unhealthy, Degraded] {
            super::world::answer(&health, "database", status);
        }
        let count = |name, to| recorded.of(CHANGES, &[("component", name), ("to", to)]);
        assert_eq!(count("database", "healthy"), Some(2.0));
        assert_eq!(count("database", "unhealthy"), Some(2.0));
        assert_eq!(count("database", "degraded"), Some(1.0));
        assert_eq!(count("overall", "unhealthy"), Some(2.0));
    });
}

#[test]
fn checks_are_timed() {
    recorded(|recorded| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let health = health();
            health.register(required("database"), Party::new(Healthy).check()).unwrap();
            let _runner = run(&health);
            seconds(61.0).await;
            assert_eq!(recorded.of(CHECK_SECONDS, &[("component", "database")]), Some(3.0));
        });
    });
}
