use std::collections::BTreeSet;
use std::time::Duration;

use metrics::{Recorder, counter, describe_counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use resilience::ManualClock;
use serde_json::json;

use super::catalogue::{SECONDS, catalogue};
use super::runtimes::Runtimes;
use super::{Kind, Metrics};
use crate::redact::Redactor;

fn fresh() -> Metrics {
    Metrics::new(Redactor::default())
}

fn count_something() {
    describe_counter!("test_total", "Counted in a \\ test\nof two lines.");
    counter!("test_total", "who" => "a \"b\" \\c\n").increment(3);
    counter!("test_total", "who" => "d").absolute(7);
    gauge!("test_level").set(-1.5);
    gauge!("test_level").increment(0.25);
    gauge!("test_level").decrement(1);
    gauge!("test_small").set(1e-12);
    gauge!("test_large").set(1e21);
    for value in [0.000_1, 0.000_11, 0.3, 0.3, 2.5, 1_000.0, 0.0, -1.0] {
        histogram!("test_seconds", "who" => "a").record(value);
    }
    histogram!("test_seconds", "who" => "b").record_many(0.5, 3);
}

/// The lines about what the tests count.
fn of_tests(text: &str) -> BTreeSet<&str> {
    text.lines().filter(|line| line.contains("test_")).collect()
}

#[test]
fn the_text_is_what_another_exporter_writes() {
    let other = PrometheusBuilder::new().set_buckets(SECONDS).unwrap().build_recorder();
    let ours = fresh();
    with_local_recorder(ours.recorder(), count_something);
    with_local_recorder(&other, count_something);
    let (ours, other) = (ours.render(), other.handle().render());
    assert_eq!(of_tests(&ours), of_tests(&other));
    assert!(of_tests(&ours).len() > 40);
}

#[test]
fn every_metric_is_visible_before_anything_was_counted() {
    let text = fresh().render();
    for row in catalogue() {
        assert!(text.contains(&format!("# HELP {} {}\n", row.name, row.about)), "{}", row.name);
        assert!(text.contains(&format!("# TYPE {} {}\n", row.name, row.kind.code())), "{}", row.name);
        if row.labels.is_empty() && row.kind != Kind::Histogram {
            assert!(text.contains(&format!("\n{} 0\n", row.name)), "{}", row.name);
        }
    }
    assert!(text.contains("\nerror_severity_total{category=\"market_data\",severity=\"high\"} 0\n"));
    assert!(text.contains("\nlog_lines_dropped_total{log=\"security\",reason=\"queue_full\"} 0\n"));
}

#[test]
fn figures_that_are_no_numbers_are_written_as_prometheus_does() {
    let metrics = fresh();
    with_local_recorder(metrics.recorder(), || {
        gauge!("test_level", "is" => "up").set(f64::INFINITY);
        gauge!("test_level", "is" => "down").set(f64::NEG_INFINITY);
        gauge!("test_level", "is" => "none").set(f64::NAN);
    });
    let text = metrics.render();
    for line in
        ["test_level{is=\"up\"} +Inf\n", "test_level{is=\"down\"} -Inf\n", "test_level{is=\"none\"} NaN\n"]
    {
        assert!(text.contains(line), "{line}");
    }
}

#[test]
fn a_snapshot_holds_every_series() {
    let metrics = fresh();
    with_local_recorder(metrics.recorder(), count_something);
    let snapshot = metrics.snapshot();
    let text = |value: Option<f64>| value.map(|value| value.to_string());
    assert_eq!(text(snapshot.value("test_total", &[("who", "d")])).as_deref(), Some("7"));
    assert_eq!(text(snapshot.value("test_level", &[])).as_deref(), Some("-2.25"));
    assert_eq!(text(snapshot.value("test_seconds_count", &[("who", "b")])).as_deref(), Some("3"));
    assert_eq!(text(snapshot.value("test_seconds_sum", &[("who", "b")])).as_deref(), Some("1.5"));
    assert_eq!(snapshot.value("test_total", &[]), None);
    assert_eq!(snapshot.value("test_seconds", &[("who", "b")]), None);
    assert_eq!(snapshot.sum("test_total", &[]).to_string(), "10");
    assert_eq!(snapshot.of_name("test_total").count(), 2);
}

#[test]
fn json_has_quantiles_and_the_true_maximum() {
    let metrics = fresh();
    with_local_recorder(metrics.recorder(), || {
        for number in 1..=1_000 {
            histogram!("http_request_seconds", "route" => "a").record(f64::from(number) / 1_000.0);
        }
        histogram!("http_request_seconds", "route" => "b").record(20.5);
        histogram!("http_request_seconds", "route" => "c").record(0.001);
        counter!("http_requests_total", "status" => "200").increment(9);
        counter!("http_requests_total", "status" => "503").increment(1);
        counter!("error_severity_total", "severity" => "high", "category" => "storage").increment(2);
        counter!("test_total").increment(5);
    });
    let json = metrics.json();
    let histogram = &json["areas"]["http"]["http_request_seconds"];
    let near = |found: &serde_json::Value, exact: f64| {
        let found = found.as_f64().unwrap();
        assert!((found - exact).abs() <= exact * 0.03, "{found} is not near {exact}");
    };
    let a = &histogram["series"][0];
    assert_eq!(
        (&a["labels"], &a["count"], &a["max"]),
        (&json!({ "route": "a" }), &json!(1_000), &json!(1.0))
    );
    for (name, exact) in [("avg", 0.5005), ("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        near(&a[name], exact);
    }
    assert_eq!(histogram["series"][1]["p99"], json!(20.5), "no quantile is above the maximum");
    assert_eq!((&histogram["all"]["count"], &histogram["all"]["max"]), (&json!(1_002), &json!(20.5)));
    assert_eq!(json["summary"]["requests"]["total"], json!(10.0));
    assert_eq!(json["summary"]["requests"]["failed"], json!(1.0));
    assert_eq!(json["summary"]["requests"]["successful"], json!(9.0));
    assert_eq!(json["summary"]["requests"]["seconds"], histogram["all"]);
    assert_eq!(json["summary"]["errors"]["total"], json!(2.0));
    assert_eq!(json["summary"]["errors"]["by_severity"]["high"], json!(2.0));
    assert_eq!(json["summary"]["errors"]["by_category"]["network"], json!(0.0));
    assert_eq!(json["areas"]["other"]["test_total"]["series"][0]["value"], json!(5));
    assert_eq!(json["areas"]["database"]["db_pool_size"]["unit"], json!("connections"));
}

#[test]
fn an_empty_histogram_is_all_zeros() {
    let metrics = fresh();
    with_local_recorder(metrics.recorder(), || drop(histogram!("mdp_sink_commit_seconds", "sink" => "x")));
    let series = &metrics.json()["areas"]["pipeline"]["mdp_sink_commit_seconds"]["series"][0];
    for name in ["count", "avg", "p50", "p95", "p99", "max"] {
        assert_eq!(series[name].as_f64().map(f64::to_bits), Some(0), "{name}");
    }
}

#[test]
fn upkeep_reads_the_process_and_calls_the_exports() {
    let metrics = fresh();
    let exported = metrics.clone();
    metrics.on_upkeep(move || {
        with_local_recorder(exported.recorder(), || counter!("test_total").increment(1));
    });
    metrics.set_build_info("1.2.3", Some("abc"));
    metrics.upkeep();
    metrics.upkeep();
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.sum("test_total", &[]).to_string(), "2");
    assert_eq!(snapshot.sum("build_info", &[("version", "1.2.3"), ("commit", "abc")]).to_string(), "1");
    assert!(snapshot.sum("process_resident_memory_bytes", &[]) > 0.0);
    assert!(
        metrics.render().contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ")
    );
}

#[test]
fn a_runtime_is_shown_by_its_name() {
    let clock = ManualClock::default();
    let runtimes = Runtimes::new(clock.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtimes.watch("main", runtime.handle());
    let held = runtime.spawn(std::future::pending::<()>());
    clock.advance(Duration::from_secs(5));
    let figures = runtimes.figures();
    let of = |wanted: &str| figures.iter().find(|(name, _, _)| *name == wanted).unwrap().2;
    assert!(figures.iter().all(|(_, runtime, _)| *runtime == "main"));
    assert_eq!(
        (of("tokio_workers").to_string(), of("tokio_alive_tasks").to_string()),
        ("2".into(), "1".into())
    );
    assert!((0.0..=1.0).contains(&of("tokio_busy_ratio")));
    assert!(of("tokio_global_queue_depth") <= 1.0);
    held.abort();
    runtimes.watch("main", runtime.handle());
    assert_eq!(runtimes.figures().len(), 4, "one of the same name gives way");
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q"] {
        runtimes.watch(name, runtime.handle());
    }
    assert_eq!(runtimes.figures().len(), 16 * 4);
}

#[test]
fn a_handle_counts_for_all_clones() {
    let metrics = fresh();
    let again = metrics.clone();
    let key = metrics::Key::from_name("test_total");
    let metadata = metrics::Metadata::new("", metrics::Level::INFO, None);
    metrics.recorder().register_counter(&key, &metadata).increment(1);
    again.recorder().register_counter(&key, &metadata).increment(1);
    assert_eq!(metrics.snapshot().sum("test_total", &[]).to_string(), "2");
}
