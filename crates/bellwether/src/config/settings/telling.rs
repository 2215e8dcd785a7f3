//! What the program tells of itself: logs, metrics, traces, alerts.

use super::{Hides, Kind, MINUTE_MS, Rule, Setting, choice, millis, same, secret, switch, text, url, whole};

const FILES: &str = "the log files are open";

pub(super) const SETTINGS: &[Setting] = &[
    text("log.level", &Rule::LOG_LEVEL, "error, warn, info, debug, trace or off, or each module's own")
        .named(&["RUST_LOG"])
        .also(&[same("log_level")])
        .live(),
    choice("log.format", &["pretty", "json"], "how lines on standard error look")
        .restart("the log is being written"),
    text("log.directory", &Rule::ANY, "folder of the log files; empty: `logs` in the data folder")
        .restart(FILES),
    whole("log.max_bytes", 65_536, 1_099_511_627_776, "bytes of a log file before the next is begun")
        .restart(FILES),
    whole("log.max_files", 1, 1_000, "full log files that are kept of each log").restart(FILES),
    millis("log.slow_operation_ms", 1, 60 * MINUTE_MS, "operations that take longer are logged as slow")
        .live(),
    switch("metrics.enabled", "whether metrics are recorded and shown at /metrics")
        .named(&["PIPELINE_ENABLE_METRICS"])
        .also(&[same("pipeline.enable_metrics")])
        .restart("the recorder is installed once"),
    whole("metrics.port", 0, 65_535, "a port for /metrics alone; 0: only beside the API")
        .named(&["PIPELINE_METRICS_PORT"])
        .also(&[same("pipeline.metrics_port")])
        .restart("the port is open"),
    switch("tracing.enabled", "whether traces are sent")
        .named(&["PIPELINE_ENABLE_TRACING"])
        .also(&[same("pipeline.enable_tracing")])
        .restart("the exporter is started once"),
    url(
        "tracing.endpoint",
        &["http", "https"],
        "where traces are sent, as OTLP; empty: http://127.0.0.1:4317",
    )
    .restart("the exporter is started once"),
    Setting::new(
        "alerts.rules.<name>",
        Kind::Foreign,
        "a rule of alerts by name, added to those built in or in place of the one of that name",
    )
    .live(),
    Setting::new(
        "alerts.webhook.url",
        Kind::Url { schemes: &["http", "https"], hides: Hides::Path },
        "where alerts are posted; empty: nowhere",
    )
    .live(),
    secret("alerts.webhook.secret", &Rule::SECRET, "signs what is posted").live(),
    text("alerts.email.host", &Rule::HOST, "the mail server that alerts are given to; empty: none").live(),
    whole("alerts.email.port", 1, 65_535, "its port").live(),
    choice("alerts.email.tls", &["none", "starttls", "tls"], "how the connection to it is encrypted").live(),
    text("alerts.email.username", &Rule::ANY, "whom to sign in as; empty: without signing in").live(),
    secret("alerts.email.password", &Rule::SECRET, "the password of that user").live(),
    text("alerts.email.from", &Rule::EMAIL, "whom alerts are from").live(),
    Setting::new("alerts.email.to", Kind::Texts(&Rule::ANY), "whom alerts are sent to").live(),
];
