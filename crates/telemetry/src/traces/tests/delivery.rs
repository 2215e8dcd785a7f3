use std::net::TcpListener;
use std::time::Duration;

use metrics::with_local_recorder;
use tracing::{error, info, info_span, trace_span};

use super::collector::Collector;
use super::{config, policy};
use crate::Metrics;
use crate::logs::{Console, LogConfig, Logs, Surroundings};
use crate::redact::Redactor;
use crate::traces::otlp::QUEUE_MAX;
use crate::traces::{TraceConfig, Traces};

/// How long a broken program is waited for.
const SOON: Duration = Duration::from_secs(20);

fn logs(traces: &Traces) -> Logs {
    let console = Console::to(std::sync::Arc::new(std::sync::Mutex::new(std::io::sink())));
    let surroundings = Surroundings { console, ..Surroundings::default() };
    Logs::build(&LogConfig::default(), surroundings, Some(traces)).unwrap()
}

/// Exported, failed and dropped.
fn outcomes(traces: &Traces) -> [String; 3] {
    let metrics = Metrics::new(Redactor::default());
    with_local_recorder(metrics.recorder(), || traces.export_metrics());
    let snapshot = metrics.snapshot();
    ["exported", "failed", "dropped"]
        .map(|outcome| snapshot.sum("trace_spans_total", &[("outcome", outcome)]).to_string())
}

#[test]
fn spans_reach_the_collector_without_secrets() {
    let collector = Collector::start();
    let redactor = Redactor::default();
    redactor.hide("hunter22").unwrap();
    redactor.hide("87654321").unwrap();
    let traces = Traces::start(&config(&collector.address), policy(), redactor).unwrap();
    let logs = logs(&traces);
    tracing::dispatcher::with_default(&logs.dispatch, || {
        let _span =
            info_span!("place_order", order_id = "o-1", password = "hunter22", pin = 87_654_321).entered();
        info!(token = "hunter22", "an event with hunter22");
        error!(error = "hunter22", "failed");
        drop(trace_span!("too_fine").entered());
        drop(info_span!(target: "h2::client", "own_traffic").entered());
    });
    assert!(traces.shut_down(SOON));
    let received = collector.received();
    for part in ["place_order", "bellwether-under-test", "1.2.3", "order_id", "o-1", "an event with ***"] {
        assert!(received.contains(part), "{part:?} in {received:?}");
    }
    for part in ["hunter22", "87654321", "too_fine", "own_traffic"] {
        assert!(!received.contains(part), "{part:?} in {received:?}");
    }
    assert_eq!(outcomes(&traces), ["1", "0", "0"]);
    tracing::dispatcher::with_default(&logs.dispatch, || drop(info_span!("late").entered()));
}

#[test]
fn without_a_collector_the_program_goes_on_and_spans_are_counted() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let traces = Traces::start(&config(&format!("http://{nobody}")), policy(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    tracing::dispatcher::with_default(&logs.dispatch, || {
        (0..3).for_each(|_| drop(info_span!("work").entered()))
    });
    assert!(!traces.shut_down(SOON));
    assert_eq!(outcomes(&traces), ["0", "3", "0"]);
}

/// As the batch processor does it: one export after the other, each of one span.
fn work_and_flush(traces: &Traces, logs: &Logs) {
    tracing::dispatcher::with_default(&logs.dispatch, || drop(info_span!("work").entered()));
    traces.flush();
}

#[test]
fn while_the_breaker_is_open_spans_are_dropped_and_counted_and_nobody_is_asked() {
    let collector = Collector::start();
    let policy = policy();
    let traces = Traces::start(&config(&collector.address), policy.clone(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    policy.force_open();
    (0..3).for_each(|_| work_and_flush(&traces, &logs));
    assert_eq!(outcomes(&traces), ["0", "0", "3"]);
    assert_eq!(collector.received(), "");
    policy.reset();
    work_and_flush(&traces, &logs);
    assert_eq!(outcomes(&traces), ["1", "0", "3"]);
    assert!(!traces.shut_down(SOON), "not everything was sent");
}

#[test]
fn a_collector_that_is_not_there_opens_the_breaker() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let policy = policy();
    let traces =
        Traces::start(&config(&format!("http://{nobody}")), policy.clone(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    (0..4).for_each(|_| work_and_flush(&traces, &logs));
    assert_eq!(policy.state(), resilience::breaker::State::Open);
    assert_eq!(outcomes(&traces), ["0", "2", "2"]);
}

#[test]
fn a_collector_that_never_answers_holds_nobody_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = TraceConfig {
        timeout: Duration::from_secs(3_600),
        ..config(&format!("http://{}", silent.local_addr().unwrap()))
    };
    let traces = Traces::start(&config, policy(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    tracing::dispatcher::with_default(&logs.dispatch, || drop(info_span!("work").entered()));
    assert!(!traces.shut_down(Duration::from_millis(1)), "an hour is not waited for");
    assert!(!traces.shut_down(Duration::from_millis(1)), "twice is once");
}

#[test]
fn spans_that_come_too_fast_are_dropped_and_counted() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = TraceConfig {
        timeout: Duration::from_secs(3_600),
        ..config(&format!("http://{}", silent.local_addr().unwrap()))
    };
    let traces = Traces::start(&config, policy(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    tracing::dispatcher::with_default(&logs.dispatch, || {
        (0..QUEUE_MAX + 5).for_each(|_| drop(info_span!("work").entered()));
    });
    assert_eq!(outcomes(&traces), ["0", "0", "5"]);
    assert!(!traces.shut_down(Duration::from_millis(1)));
}

#[test]
fn a_span_that_is_not_sampled_is_not_sent() {
    let collector = Collector::start();
    let config = TraceConfig { sample_ratio: 0.0, ..config(&collector.address) };
    let traces = Traces::start(&config, policy(), Redactor::default()).unwrap();
    let logs = logs(&traces);
    tracing::dispatcher::with_default(&logs.dispatch, || drop(info_span!("work").entered()));
    assert!(traces.shut_down(SOON));
    assert_eq!(outcomes(&traces), ["0", "0", "0"]);
    assert_eq!(collector.received(), "");
}

#[tokio::test]
async fn it_may_be_dropped_within_a_task() {
    let traces = Traces::start(&config("http://127.0.0.1:1"), policy(), Redactor::default()).unwrap();
    drop(traces);
}
