//! Every documented metric is there on the running program, under its exact name.

use super::http::ask;
use super::running::Running;

/// The names of the contract, and their types.
const DOCUMENTED: [(&str, &str); 16] = [
    ("mdp_source_items_total", "counter"),
    ("mdp_source_disconnects_total", "counter"),
    ("mdp_source_pacing_blocked_total", "counter"),
    ("operator_bars_out_total", "counter"),
    ("mdp_sink_batches_committed_total", "counter"),
    ("mdp_sink_batches_failed_total", "counter"),
    ("mdp_sink_queue_depth", "gauge"),
    ("mdp_sink_commit_seconds", "histogram"),
    ("kafka_dlq_messages_total", "counter"),
    ("circuit_breaker_state", "gauge"),
    ("http_request_timeout_total", "counter"),
    ("error_severity_total", "counter"),
    ("db_pool_size", "gauge"),
    ("db_pool_checked_out", "gauge"),
    ("http_requests_total", "counter"),
    ("process_resident_memory_bytes", "gauge"),
];

#[test]
fn every_documented_metric_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    for path in ["/metrics", "/health/metrics"] {
        let text = format!("{:?}", ask(running.address(), "GET", path, None, None).unwrap());
        for (name, kind) in DOCUMENTED {
            assert!(text.contains(&format!("\\n# TYPE {name} {kind}\\n")), "{name} is no {kind}");
            assert!(text.contains(&format!("# HELP {name} ")), "{name} is not described");
            let has_series =
                [" ", "{", "_bucket{"].iter().any(|next| text.contains(&format!("\\n{name}{next}")));
            assert!(has_series, "{name} has no figure");
        }
    }
    let json = running.get("/metrics").good();
    let latency = &json["areas"]["http"]["http_request_seconds"]["all"];
    for figure in ["avg", "p95", "p99", "max"] {
        assert!(latency[figure].is_number(), "{figure}: {latency}");
    }
}
