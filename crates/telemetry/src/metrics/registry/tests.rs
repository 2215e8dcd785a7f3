use std::sync::Arc;

use metrics::{Key, Label, counter, gauge, histogram, with_local_recorder};

use super::{FAMILIES_MAX, Registry, SERIES_MAX};
use crate::Metrics;
use crate::redact::Redactor;

/// Counts with a recorder of its own.
fn counting(count: impl FnOnce()) -> Metrics {
    let metrics = Metrics::new(Redactor::default());
    with_local_recorder(metrics.recorder(), count);
    metrics
}

fn shown(metrics: &Metrics, name: &str) -> Vec<String> {
    let text = metrics.render();
    text.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
}

#[test]
fn a_name_has_so_many_series_and_the_rest_share_one() {
    let metrics = counting(|| {
        for number in 0..SERIES_MAX + 50 {
            counter!("test_total", "who" => number.to_string(), "what" => "x").increment(1);
        }
        counter!("test_total", "who" => "0", "what" => "x").increment(1);
        counter!("test_total", "who" => "249", "what" => "x").increment(1);
    });
    let lines = shown(&metrics, "test_total");
    assert_eq!(lines.len(), SERIES_MAX);
    assert!(lines.contains(&"test_total{what=\"x\",who=\"0\"} 2".to_owned()));
    assert!(lines.contains(&"test_total{what=\"other\",who=\"other\"} 52".to_owned()), "{lines:?}");
    assert_eq!(
        shown(&metrics, "metrics_series_refused_total{"),
        ["metrics_series_refused_total{metric=\"test_total\"} 52"]
    );
}

#[test]
fn all_kinds_are_bounded_and_a_row_may_allow_more() {
    let metrics = counting(|| {
        for number in 0..3_000 {
            gauge!("test_gauge", "who" => number.to_string()).set(number);
            histogram!("test_seconds", "who" => number.to_string()).record(number);
            counter!("http_requests_total", "route" => number.to_string()).increment(1);
        }
    });
    assert_eq!(shown(&metrics, "test_gauge").len(), SERIES_MAX);
    assert_eq!(shown(&metrics, "test_seconds_count").len(), SERIES_MAX);
    assert_eq!(shown(&metrics, "http_requests_total").len(), 2_000);
}

#[test]
fn no_key_is_kept_that_has_no_series_of_its_own() {
    let registry = Arc::new(Registry::new(Redactor::default()));
    let kept = || registry.shards.iter().map(|shard| shard.read().unwrap().len()).sum::<usize>();
    with_local_recorder(&*registry, || {
        for number in 0..1_000 {
            counter!("many_total", "who" => number.to_string()).increment(1);
            counter!("long_total", "who" => format!("{}{number}", "x".repeat(500))).increment(1);
            counter!("twice_total", "who" => number.to_string(), "who" => "last").increment(1);
        }
    });
    assert_eq!(kept(), SERIES_MAX - 1);
}

#[test]
fn names_are_bounded_too() {
    let metrics = counting(|| {
        for number in 0..FAMILIES_MAX + 10 {
            counter!(format!("test_{number}_total")).increment(1);
        }
    });
    let text = metrics.render();
    assert_eq!(text.matches("# TYPE").count(), FAMILIES_MAX);
    assert!(text.contains("metrics_series_refused_total{metric=\"other\"} "));
}

#[test]
fn a_name_keeps_its_kind() {
    let metrics = counting(|| {
        counter!("test_total").increment(1);
        gauge!("test_total").set(7);
        gauge!("test_total", "who" => "else").set(7);
        histogram!("test_total").record(7);
        gauge!("operator_bars_out_total").set(7);
        counter!("process_uptime_seconds").increment(7);
    });
    assert_eq!(shown(&metrics, "test_total"), ["test_total 1"]);
    assert_eq!(shown(&metrics, "operator_bars_out_total"), ["operator_bars_out_total 0"]);
    assert_eq!(shown(&metrics, "process_uptime_seconds"), ["process_uptime_seconds 0"]);
    assert_eq!(
        shown(&metrics, "metrics_series_refused_total{"),
        [
            "metrics_series_refused_total{metric=\"operator_bars_out_total\"} 1",
            "metrics_series_refused_total{metric=\"process_uptime_seconds\"} 1",
            "metrics_series_refused_total{metric=\"test_total\"} 3",
        ]
    );
}

#[test]
fn labels_in_another_order_are_the_same_series() {
    let metrics = counting(|| {
        counter!("test_total", "a" => "1", "b" => "2").increment(1);
        counter!("test_total", "b" => "2", "a" => "1").increment(1);
        counter!("test_total", "a" => "2", "b" => "1").increment(1);
    });
    assert_eq!(
        shown(&metrics, "test_total"),
        ["test_total{a=\"1\",b=\"2\"} 2", "test_total{a=\"2\",b=\"1\"} 1"]
    );
}

#[test]
fn odd_names_and_values_are_mended() {
    let metrics = counting(|| {
        let labels =
            vec![Label::new("1-a:é", "q\"b\\n\nx"), Label::new("b", "first"), Label::new("b", "last")];
        let key = Key::from_parts("1test-é:total", labels);
        let metadata = metrics::Metadata::new("", metrics::Level::INFO, None);
        metrics::with_recorder(|recorder| recorder.register_counter(&key, &metadata)).increment(1);
    });
    assert_eq!(shown(&metrics, "_test"), ["_test__:total{__a__=\"q\\\"b\\\\n\\nx\",b=\"last\"} 1"]);
}

#[test]
fn long_values_are_shortened() {
    let metrics = counting(|| counter!("test_total", "who" => "é".repeat(100)).increment(1));
    assert_eq!(shown(&metrics, "test_total"), [format!("test_total{{who=\"{}\"}} 1", "é".repeat(64))]);
}

#[test]
fn no_secret_is_a_label() {
    let redactor = Redactor::default();
    redactor.hide("hunter22").unwrap();
    let metrics = Metrics::new(redactor);
    with_local_recorder(metrics.recorder(), || {
        counter!("test_total", "url" => "x://hunter22@y").increment(1);
        counter!("test_total", "url" => "x://hunter22@y").increment(1);
    });
    assert_eq!(shown(&metrics, "test_total"), ["test_total{url=\"x://***@y\"} 2"]);
}

#[test]
fn values_that_are_no_numbers_are_counted_apart() {
    let metrics = counting(|| {
        for value in [1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2.0] {
            histogram!("test_seconds").record(value);
        }
    });
    assert_eq!(shown(&metrics, "test_seconds_sum"), ["test_seconds_sum 3"]);
    assert_eq!(shown(&metrics, "test_seconds_count"), ["test_seconds_count 2"]);
    assert_eq!(shown(&metrics, "metrics_values_refused_total"), ["metrics_values_refused_total 3"]);
}

#[test]
fn threads_lose_no_count() {
    let metrics = Metrics::new(Redactor::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                with_local_recorder(metrics.recorder(), || {
                    for number in 0..10_000 {
                        counter!("test_total", "who" => (number % 50).to_string()).increment(1);
                        histogram!("test_seconds").record(0.5);
                        gauge!("test_level").increment(1.0);
                    }
                });
            });
        }
    });
    let snapshot = metrics.snapshot();
    for (name, expected) in [
        ("test_total", 40_000),
        ("test_seconds_count", 40_000),
        ("test_seconds_sum", 20_000),
        ("test_level", 40_000),
    ] {
        assert_eq!(snapshot.sum(name, &[]).to_string(), expected.to_string(), "{name}");
    }
}
