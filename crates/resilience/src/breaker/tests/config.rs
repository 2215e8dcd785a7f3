//! Configurations that are taken and configurations that are not.

use std::time::Duration;

use super::super::{Breaker, BreakerConfig, Window, WindowKind};
use super::{MILLISECOND, SECOND, windowed};
use crate::ManualClock;

const HOUR: Duration = Duration::from_secs(3_600);

/// The fields that are found wrong.
fn wrong(config: &BreakerConfig) -> Vec<&'static str> {
    let faults = config.check().err().map_or_else(Vec::new, |error| error.faults);
    faults.iter().map(|fault| fault.field).collect()
}

fn with_window(change: impl FnOnce(&mut Window)) -> BreakerConfig {
    let mut config = windowed(WindowKind::Count(100));
    config.window.as_mut().map(change).unwrap();
    config
}

#[test]
fn the_default_is_what_is_promised() {
    let config = BreakerConfig::default();
    assert_eq!((config.consecutive_failures, config.successes_to_close), (5, 3));
    assert_eq!((config.open_for, config.half_open_probes), (60 * SECOND, 1));
    assert_eq!((config.window.clone(), config.half_open_wait), (None, Duration::ZERO));
    assert!(config.check().is_ok());
}

#[test]
fn bounds_are_inclusive_and_beyond_them_the_field_is_named() {
    let base = BreakerConfig::default();
    let good = [
        BreakerConfig { consecutive_failures: 1_000_000, ..base.clone() },
        BreakerConfig { open_for: MILLISECOND, half_open_probes: 1, successes_to_close: 1, ..base.clone() },
        BreakerConfig {
            open_for: 24 * HOUR,
            half_open_probes: 1_000,
            successes_to_close: 1_000,
            ..base.clone()
        },
        BreakerConfig { half_open_wait: 60 * SECOND, ..base.clone() },
        with_window(|window| window.kind = WindowKind::Count(65_536)),
        with_window(|window| (window.kind, window.minimum_calls) = (WindowKind::Count(1), 1)),
        with_window(|window| window.kind = WindowKind::Time(100 * MILLISECOND)),
        with_window(|window| (window.kind, window.minimum_calls) = (WindowKind::Time(HOUR), 1_000_000)),
        with_window(|window| (window.failure_rate, window.slow_rate) = (1.0, f64::MIN_POSITIVE)),
        with_window(|window| window.slow_call = Duration::ZERO),
    ];
    for config in good {
        assert_eq!(wrong(&config), [""; 0], "{config:?}");
    }
    let bad = [
        ("consecutive_failures", BreakerConfig { consecutive_failures: 1_000_001, ..base.clone() }),
        ("open_for", BreakerConfig { open_for: Duration::ZERO, ..base.clone() }),
        ("open_for", BreakerConfig { open_for: 24 * HOUR + MILLISECOND, ..base.clone() }),
        ("open_for", BreakerConfig { open_for: Duration::MAX, ..base.clone() }),
        ("half_open_probes", BreakerConfig { half_open_probes: 0, ..base.clone() }),
        ("half_open_probes", BreakerConfig { half_open_probes: 1_001, ..base.clone() }),
        ("successes_to_close", BreakerConfig { successes_to_close: 0, ..base.clone() }),
        ("successes_to_close", BreakerConfig { successes_to_close: 1_001, ..base.clone() }),
        ("half_open_wait", BreakerConfig { half_open_wait: 61 * SECOND, ..base }),
        ("window.kind: count", with_window(|window| window.kind = WindowKind::Count(65_537))),
        ("window.kind: time", with_window(|window| window.kind = WindowKind::Time(99 * MILLISECOND))),
        ("window.kind: time", with_window(|window| window.kind = WindowKind::Time(HOUR + MILLISECOND))),
        ("window.minimum_calls", with_window(|window| window.minimum_calls = 0)),
        ("window.minimum_calls", with_window(|window| window.minimum_calls = 101)),
        ("window.slow_call", with_window(|window| window.slow_call = Duration::from_nanos(999))),
        ("window.slow_call", with_window(|window| window.slow_call = HOUR + MILLISECOND)),
    ];
    for (field, config) in bad {
        assert_eq!(wrong(&config), [field], "{config:?}");
    }
}

#[test]
fn a_rate_is_above_nothing_and_at_most_all() {
    let rates = [0.0, -0.0, -0.5, 1.000_001, 50.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    for rate in rates {
        let config = with_window(|window| window.failure_rate = rate);
        assert_eq!(wrong(&config), ["window.failure_rate"], "{rate}");
        let config = with_window(|window| window.slow_rate = rate);
        assert_eq!(wrong(&config), ["window.slow_rate"], "{rate}");
    }
}

#[test]
fn everything_wrong_is_said_at_once_with_what_is_allowed() {
    let zero = BreakerConfig {
        consecutive_failures: 0,
        window: None,
        open_for: Duration::ZERO,
        half_open_probes: 0,
        successes_to_close: 0,
        half_open_wait: Duration::MAX,
    };
    let error = Breaker::new("zero", zero, ManualClock::default()).err().unwrap();
    assert_eq!(
        error.to_string(),
        "circuit breaker: consecutive_failures is 0, allowed is 1 or more, or a window: otherwise it would never \
         open; open_for is 0ns, allowed is 1ms to 86400s; half_open_probes is 0, allowed is 1 to 1000; \
         successes_to_close is 0, allowed is 1 to 1000; half_open_wait is 18446744073709551615.999999999s, allowed \
         is 0ns to 60s"
    );
}

#[test]
fn a_window_of_zeros_is_wrong_in_all_of_them() {
    let config = with_window(|window| {
        *window = Window {
            kind: WindowKind::Count(0),
            minimum_calls: 0,
            failure_rate: 0.0,
            slow_call: Duration::ZERO,
            slow_rate: 0.0,
        };
    });
    assert_eq!(
        wrong(&config),
        ["window.kind: count", "window.minimum_calls", "window.failure_rate", "window.slow_rate"]
    );
}
