//! News of changes, and metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

use super::super::{Breaker, Cause, EVENTS_MAX, Event, State};
use super::{OPEN_FOR, SECOND, breaker, brief, fail, permit, succeed};
use crate::ManualClock;

#[test]
fn every_change_is_told_once_with_its_cause_and_its_time() {
    let (breaker, clock) = breaker(brief());
    let mut events = breaker.subscribe();
    clock.advance(SECOND);
    fail(&breaker);
    fail(&breaker);
    assert!(breaker.try_acquire().is_err());
    clock.advance(OPEN_FOR);
    succeed(&breaker);
    breaker.force_open();
    breaker.force_open();
    breaker.reset();
    breaker.reset();
    breaker.force_close();
    let expected = [
        (State::Closed, State::Open, Cause::ConsecutiveFailures, 1),
        (State::Open, State::HalfOpen, Cause::Waited, 31),
        (State::HalfOpen, State::Closed, Cause::ProbesSucceeded, 31),
        (State::Closed, State::Open, Cause::Forced, 31),
        (State::Open, State::Closed, Cause::Reset, 31),
    ];
    for (from, to, cause, second) in expected {
        let event = Event { name: Arc::from("tested"), from, to, cause, at: second * 1_000_000_000 };
        assert_eq!(events.try_recv().unwrap(), event);
    }
    assert_eq!(events.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn who_is_too_far_behind_loses_the_oldest_and_is_told_how_many() {
    let (breaker, _) = breaker(brief());
    let mut events = breaker.subscribe();
    let most = u64::try_from(EVENTS_MAX).unwrap();
    for _ in 0..EVENTS_MAX {
        breaker.force_open();
        breaker.reset();
    }
    assert_eq!(events.try_recv(), Err(TryRecvError::Lagged(most)));
    assert_eq!(std::iter::from_fn(|| events.try_recv().ok()).count(), EVENTS_MAX);
}

#[test]
fn breakers_can_tell_one_channel() {
    let sender = broadcast::Sender::new(8);
    let mut events = sender.subscribe();
    let breakers = ["one", "two"]
        .map(|name| Breaker::with_events(name, brief(), ManualClock::default(), sender.clone()).unwrap());
    for breaker in &breakers {
        breaker.force_open();
    }
    assert_eq!(&*events.try_recv().unwrap().name, "one");
    assert_eq!(&*events.try_recv().unwrap().name, "two");
}

#[test]
fn names_are_stable() {
    let causes = [
        Cause::ConsecutiveFailures,
        Cause::FailureRate,
        Cause::SlowRate,
        Cause::Waited,
        Cause::ProbesSucceeded,
        Cause::ProbeFailed,
        Cause::ProbeSlow,
        Cause::ProbesLost,
        Cause::Forced,
        Cause::Reset,
    ];
    for cause in causes {
        assert_eq!(serde_json::to_value(cause).unwrap(), cause.code());
        assert_eq!(cause.to_string(), cause.code());
    }
    for (level, state) in [State::Closed, State::Open, State::HalfOpen].into_iter().enumerate() {
        assert_eq!(serde_json::to_value(state).unwrap(), state.code());
        assert_eq!((state.to_string().as_str(), usize::from(state.level())), (state.code(), level));
    }
}

/// The last value of each series.
#[derive(Debug, Default, Clone)]
struct Recorded(Arc<Mutex<BTreeMap<String, f64>>>);

#[derive(Debug)]
struct Series(Recorded, String);

impl Recorded {
    fn series(&self, key: &Key) -> Arc<Series> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Series(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }

    fn take(&self) -> Vec<String> {
        let series = std::mem::take(&mut *self.0.lock().unwrap());
        series.into_iter().map(|(name, value)| format!("{name} {value}")).collect()
    }
}

impl Series {
    fn set_to(&self, value: f64) {
        self.0.0.lock().unwrap().insert(self.1.clone(), value);
    }
}

impl metrics::CounterFn for Series {
    fn increment(&self, value: u64) {
        let old = self.0.0.lock().unwrap().get(&self.1).copied().unwrap_or_default();
        self.set_to(old + f64::from(u32::try_from(value).unwrap()));
    }

    fn absolute(&self, value: u64) {
        self.set_to(f64::from(u32::try_from(value).unwrap()));
    }
}

impl metrics::GaugeFn for Series {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, value: f64) {
        self.set_to(value);
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

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn changes_are_metered_when_they_happen_and_calls_when_they_are_exported() {
    let recorded = Recorded::default();
    metrics::with_local_recorder(&recorded, || {
        let (breaker, clock) = breaker(brief());
        assert_eq!(recorded.take(), ["circuit_breaker_state{policy=tested} 0"]);
        succeed(&breaker);
        fail(&breaker);
        drop(permit(&breaker));
        assert_eq!(recorded.take(), [""; 0], "nothing on the way of a call");
        fail(&breaker);
        let opened = [
            "circuit_breaker_state{policy=tested} 1",
            "circuit_breaker_transitions_total{policy=tested,to=open} 1",
        ];
        assert_eq!(recorded.take(), opened);
        assert!(breaker.try_acquire().is_err());
        clock.advance(OPEN_FOR);
        let _probe = permit(&breaker);
        let half_opened = [
            "circuit_breaker_state{policy=tested} 2",
            "circuit_breaker_transitions_total{policy=tested,to=half_open} 1",
        ];
        assert_eq!(recorded.take(), half_opened);
        breaker.export_metrics();
        let exported = [
            "circuit_breaker_state{policy=tested} 2",
            "resilience_calls_total{policy=tested,outcome=failure} 2",
            "resilience_calls_total{policy=tested,outcome=slow} 0",
            "resilience_calls_total{policy=tested,outcome=success} 1",
            "resilience_refused_total{policy=tested,reason=open} 1",
        ];
        assert_eq!(recorded.take(), exported);
    });
}
