//! These run on real atomics, so they are left out with feature `loom`; see `tests/model.rs` for that.

#![cfg(not(feature = "loom"))]

use std::time::Duration;

use super::{Breaker, BreakerConfig, Permit, State, Window, WindowKind};
use crate::ManualClock;

mod by_hand;
mod config;
mod events;
mod incidents;
mod layer;
mod random;
mod reference;
mod threads;
mod waiting;
mod windows;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
/// How long the breakers of these tests stay open.
const OPEN_FOR: Duration = Duration::from_secs(30);

type Tested = Breaker<ManualClock>;

/// Opens after two failures in a row; one probe at a time, one success closes.
fn brief() -> BreakerConfig {
    BreakerConfig {
        consecutive_failures: 2,
        open_for: OPEN_FOR,
        successes_to_close: 1,
        ..BreakerConfig::default()
    }
}

/// Opens by a window alone: half of four calls or more.
fn windowed(kind: WindowKind) -> BreakerConfig {
    let window = Window { kind, minimum_calls: 4, failure_rate: 0.5, slow_call: SECOND, slow_rate: 0.5 };
    BreakerConfig { consecutive_failures: 0, window: Some(window), ..brief() }
}

fn breaker(config: BreakerConfig) -> (Tested, ManualClock) {
    let clock = ManualClock::default();
    (Breaker::new("tested", config, clock.clone()).unwrap(), clock)
}

/// Half-open, with every slot free.
fn half_open(config: BreakerConfig) -> (Tested, ManualClock) {
    let (breaker, clock) = breaker(config);
    while breaker.state() == State::Closed {
        fail(&breaker);
    }
    clock.advance(OPEN_FOR);
    drop(permit(&breaker));
    assert_eq!(breaker.state(), State::HalfOpen);
    (breaker, clock)
}

fn permit(breaker: &Tested) -> Permit<'_, ManualClock> {
    breaker.try_acquire().unwrap()
}

fn fail(breaker: &Tested) {
    permit(breaker).failure();
}

fn succeed(breaker: &Tested) {
    permit(breaker).success();
}
