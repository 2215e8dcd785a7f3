//! Every documented metric is there on the running program, under its exact name.

use super::http::ask;
use super::running::Running;

/// The names of the contract, and how each begins to be told.
const DOCUMENTED: [&str; 16] = [
    "mdp_source_items_total",
    "mdp_source_disconnects_total",
    "mdp_source_pacing_blocked_total",
    "operator_bars_out_total",
    "mdp_sink_batches_committed_total",
    "mdp_sink_batches_failed_total",
    "mdp_sink_queue_depth",
    "mdp_sink_commit_seconds",
    "kafka_dlq_messages_total",
    "circuit_breaker_state",
    "http_request_timeout_total",
    "error_severity_total",
    "db_pool_size",
    "db_pool_checked_out",
    "http_requests_total",
    "process_resident_memory_bytes",
];

#[test]
fn every_documented_metric_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    for path in ["/metrics", "/health/metrics"] {
        let text = format!("{:?}", ask(running.address(), "GET", path, None, None).unwrap());
        for name in DOCUMENTED {
            assert!(text.contains(&format!("# TYPE {name} ")), "{name} is not described");
            let has_series =
                [" ", "{", "_bucket{"].iter().any(|next| text.contains(&format!("\\n{name}{next}")));
            let is_not_yet = name == "mdp_source_disconnects_total";
            assert!(has_series || is_not_yet, "{name} has no figure");
        }
    }
    let json = running.get("/metrics").good();
    let latency = &json["areas"]["http"]["http_request_seconds"]["all"];
    for figure in ["avg", "p95", "p99", "max"] {
        assert!(latency[figure].is_number(), "{figure}: {latency}");
    }
}
