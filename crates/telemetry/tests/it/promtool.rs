//! Prometheus's own reader looks at the text.

use std::io::Write;
use std::process::{Command, Stdio};

use metrics::{counter, gauge, histogram, with_local_recorder};
use telemetry::{Metrics, Redactor};

/// Runs `promtool check metrics` on the text; nothing when there is no promtool.
fn complaints(text: &str) -> Option<String> {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    Some(if output.status.success() { said } else { format!("failed: {said}") })
}

#[test]
fn prometheus_finds_nothing_to_complain_about() {
    let metrics = Metrics::new(Redactor::default());
    let untouched = metrics.render();
    with_local_recorder(metrics.recorder(), || {
        counter!("http_requests_total", "route" => "odd \"one\"\n\\", "method" => "GET", "status" => "200")
            .increment(1);
        histogram!("http_request_seconds", "route" => "/é", "method" => "GET").record(0.1);
        histogram!("mdp_sink_commit_seconds", "sink" => "store").record(1e9);
        gauge!("circuit_breaker_state", "policy" => "kafka").set(2);
        gauge!("mdp_sink_queue_depth", "sink" => "store").set(f64::INFINITY);
    });
    metrics.set_build_info("1.2.3", None);
    metrics.upkeep();
    for text in [untouched, metrics.render()] {
        match complaints(&text) {
            Some(complaints) => assert_eq!(complaints, ""),
            None => eprintln!("SKIPPED: there is no promtool on this machine"),
        }
    }
}

#[test]
fn a_fault_would_be_found() {
    match complaints("# TYPE x counter\nx 1\n") {
        Some(complaints) => assert!(complaints.contains('x'), "{complaints}"),
        None => eprintln!("SKIPPED: there is no promtool on this machine"),
    }
}
