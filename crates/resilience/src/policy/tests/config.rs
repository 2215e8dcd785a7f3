//! Configurations: what is left out, what is wrong, and how they are written.

use super::*;
use crate::breaker::{Window, WindowKind};

fn read(json: &str) -> Result<PolicyConfig, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn what_is_left_out_has_the_spec_s_numbers() {
    let config = read("{}").unwrap();
    assert_eq!(config, PolicyConfig::default());
    let breaker = config.breaker.unwrap();
    assert_eq!((breaker.consecutive_failures, breaker.open_for), (5, seconds(60)));
    assert_eq!(breaker.successes_to_close, 3);
    let retry = config.retry.unwrap();
    assert_eq!((retry.tries_max, retry.initial, retry.cap), (3, seconds(2), seconds(10)));
    assert_eq!(config.timeout, timeout(Some(seconds(30)), Some(seconds(60))));
    assert_eq!(config.bulkhead.unwrap().at_once_max, 100);
    assert!(config.fallback && config.shed.is_none() && config.rate.is_none() && config.hedge.is_none());
}

#[test]
fn parts_of_a_part_can_be_left_out_and_parts_switched_off() {
    let json = r#"{ "retry": { "tries_max": 5 }, "breaker": null, "bulkhead": null, "rate": { "calls": 7 },
                    "timeout": { "per_try_ms": null }, "hedge": { "percentile": 95 }, "shed": {} }"#;
    let config = read(json).unwrap();
    assert_eq!(config.retry, Some(RetryConfig { tries_max: 5, ..RetryConfig::default() }));
    assert_eq!(config.rate, rate(7, seconds(1), ms(0)));
    assert_eq!(config.timeout, timeout(None, Some(seconds(60))));
    assert_eq!(config.hedge.unwrap().percentile, Some(95.0));
    assert_eq!(config.shed, Some(ShedConfig::default()));
    assert!(config.breaker.is_none() && config.bulkhead.is_none());
    assert!(config.check().is_ok());
}

#[test]
fn the_breaker_s_windows_are_written_in_two_ways() {
    let kind = |json: &str| {
        let config = read(&format!(r#"{{ "breaker": {{ "window": {{ "kind": {json} }} }} }}"#)).unwrap();
        config.breaker.unwrap().window.unwrap()
    };
    let window = Window {
        kind: WindowKind::Count(50),
        minimum_calls: 10,
        failure_rate: 0.5,
        slow_call: ms(0),
        slow_rate: 0.5,
    };
    assert_eq!(kind(r#"{ "count": 50 }"#), window);
    assert_eq!(kind(r#"{ "time_ms": 60000 }"#), Window { kind: WindowKind::Time(seconds(60)), ..window });
}

#[test]
fn what_is_written_can_be_read_again() {
    let slow = Window {
        kind: WindowKind::Time(seconds(10)),
        minimum_calls: 20,
        failure_rate: 0.25,
        slow_call: ms(1_500),
        slow_rate: 0.75,
    };
    let full = PolicyConfig {
        shed: Some(ShedConfig::default()),
        rate: Some(RateConfig { burst: Some(3), ..rate(7, seconds(1), ms(5)).unwrap() }),
        hedge: hedge(ms(20)),
        breaker: Some(BreakerConfig { window: Some(slow), ..BreakerConfig::default() }),
        ..PolicyConfig::default()
    };
    for config in [full, bare(), PolicyConfig::default()] {
        let written = serde_json::to_string(&config).unwrap();
        assert_eq!(read(&written).unwrap(), config, "{written}");
    }
}

#[test]
fn unknown_names_are_refused_everywhere() {
    let cases = [
        r#"{ "retries": {} }"#,
        r#"{ "timeout": { "whole": 5 } }"#,
        r#"{ "retry": { "tries": 5 } }"#,
        r#"{ "retry": { "budget": { "rate": 1 } } }"#,
        r#"{ "bulkhead": { "max": 5 } }"#,
        r#"{ "rate": { "calls": 5, "per": 5 } }"#,
        r#"{ "hedge": { "after": 5 } }"#,
        r#"{ "shed": { "max": 5 } }"#,
        r#"{ "breaker": { "open_for": 5 } }"#,
        r#"{ "breaker": { "window": { "kind": { "count": 5 }, "slow": 5 } } }"#,
        r#"{ "rate": {} }"#,
        r#"{ "timeout": { "whole_ms": 1.5 } }"#,
        r#"{ "timeout": { "whole_ms": -1 } }"#,
    ];
    for json in cases {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place_and_its_mend() {
    let json = r#"{ "timeout": { "per_try_ms": 0, "whole_ms": 99999999 },
                    "retry": { "tries_max": 0, "initial_ms": 5000, "cap_ms": 100, "budget": { "ratio": 2 } },
                    "bulkhead": { "at_once_max": 0 },
                    "rate": { "calls": 0, "burst": 0 },
                    "hedge": { "extra_max": 9 },
                    "shed": { "in_flight_max": 0 },
                    "breaker": { "open_for_ms": 0, "half_open_wait_ms": 99000,
                                 "window": { "kind": { "time_ms": 1 }, "failure_rate": 1.5, "slow_call_ms": 99999999 } } }"#;
    let config = read(json).unwrap();
    let faults = Policy::new("x", &config, Surroundings::system()).unwrap_err();
    let paths: Vec<_> = faults.as_slice().iter().map(|fault| fault.path.as_str()).collect();
    let expected = [
        "timeout.per_try_ms",
        "timeout.whole_ms",
        "shed.in_flight_max",
        "rate.calls",
        "rate.burst",
        "bulkhead.at_once_max",
        "hedge.extra_max",
        "retry.tries_max",
        "retry.cap_ms",
        "retry.budget.ratio",
        "breaker.open_for_ms",
        "breaker.half_open_wait_ms",
        "breaker.window.kind.time_ms",
        "breaker.window.failure_rate",
        "breaker.window.slow_call_ms",
    ];
    assert_eq!(paths, expected);
    let words = faults.to_string();
    assert!(words.contains("retry.cap_ms is 100: allowed is 5000 to 3600000"), "{words}");
    assert_eq!(words.lines().count(), expected.len());
}

#[test]
fn a_burst_that_takes_centuries_to_come_back_is_refused() {
    let config = RateConfig { burst: Some(1_000_000), ..rate(1, seconds(86_400), ms(0)).unwrap() };
    let faults = PolicyConfig { rate: Some(config), ..bare() }.check().unwrap_err();
    assert_eq!(faults.as_slice()[0].path, "rate.burst");
}
