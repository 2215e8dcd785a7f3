use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde_json::Value as Json;
use tracing::{debug, error, info, info_span, warn};

use super::seen::Seen;
use super::{DropReason, Format, LogConfig, QueueLimits};

#[test]
fn each_log_gets_what_belongs_into_it() {
    let seen = Seen::new();
    seen.during(|| {
        info!("ordinary");
        debug!("too fine");
        error!("trouble");
        crate::security!(warn, "login_failed", user = "jane", "a login failed");
        crate::security!(info, "login", user = "jane", "somebody came in");
        let watch = seen.logs.handles.watch("nightly");
        seen.clock.advance(Duration::from_secs(1));
        drop(watch);
    });
    let all = ["ordinary", "trouble", "a login failed", "somebody came in", "took long"];
    assert_eq!(seen.messages("bellwether"), all);
    assert_eq!(seen.messages("error"), ["trouble"]);
    assert_eq!(seen.messages("security"), ["a login failed", "somebody came in"]);
    assert_eq!(seen.messages("slow"), ["took long"]);
    assert_eq!(seen.console().lines().count(), all.len());
    assert_eq!(seen.tail()[2], "WARN security a login failed {\"kind\":\"login_failed\",\"user\":\"jane\"}");
}

#[test]
fn without_a_folder_there_is_the_console_alone() {
    let seen = Seen::with(|config| config.directory = None);
    seen.during(|| info!(answer = 42, "hello"));
    assert_eq!(seen.console(), "2023-11-14T22:13:20.000Z  INFO hello answer=42\n");
    assert!(seen.shelf.listing().is_empty());
}

#[test]
fn fields_of_spans_are_flat_and_the_innermost_counts() {
    let seen = Seen::new();
    seen.during(|| {
        let request =
            info_span!("request", request_id = "r-1", tenant = "t-1", order_id = tracing::field::Empty);
        let _request = request.enter();
        let _inner = info_span!("order", tenant = "t-2").entered();
        request.record("order_id", 7);
        warn!(level = "own", r#type = true, big = u128::MAX, "here");
    });
    assert_eq!(
        seen.file("bellwether"),
        "{\"time\":\"2023-11-14T22:13:20.000Z\",\"level\":\"WARN\",\"target\":\"telemetry::logs::tests\",\
         \"message\":\"here\",\"level_\":\"own\",\"type\":true,\"big\":\"340282366920938463463374607431768211455\",\
         \"tenant\":\"t-2\",\"request_id\":\"r-1\",\"order_id\":7}\n"
    );
}

#[test]
fn the_console_can_speak_json() {
    let seen = Seen::with(|config| config.format = Format::Json);
    seen.during(|| info!("hello"));
    assert_eq!(seen.console(), seen.file("bellwether"));
}

#[test]
fn the_level_changes_at_run_time() {
    let seen = Seen::with(|config| config.level = "warn".to_owned());
    let handles = &seen.logs.handles;
    let log = || {
        let _span = info_span!("request", request_id = "r-1").entered();
        info!("fine");
        warn!("bad");
        crate::security!(info, "login", "somebody came in");
    };
    seen.during(log);
    assert_eq!(seen.messages("bellwether"), ["bad", "somebody came in"]);
    assert!(seen.file("bellwether").lines().all(|line| line.contains("\"request_id\":\"r-1\"")));
    // Where it is the process's only log, as in the program: what is enabled is then asked of the current one.
    seen.during(|| handles.set_level("info")).unwrap();
    assert_eq!(handles.level(), "info");
    seen.during(log);
    assert_eq!(seen.messages("bellwether")[2..], ["fine", "bad", "somebody came in"]);
    seen.during(|| handles.set_level("off,telemetry::logs=error")).unwrap();
    seen.during(log);
    assert_eq!(seen.messages("bellwether")[5..], ["somebody came in"]);
    let words = handles.set_level("loud").unwrap_err();
    assert!(words.contains("\"loud\" is no level"), "{words}");
    assert_eq!(handles.level(), "off,telemetry::logs=error");
}

#[test]
fn what_always_passes_passes_beside_somebody_who_wants_nothing() {
    use tracing_subscriber::layer::SubscriberExt;
    let wants_nothing =
        tracing_subscriber::Registry::default().with(tracing::level_filters::LevelFilter::OFF);
    let _other = tracing::Dispatch::new(wants_nothing);
    let seen = Seen::with(|config| config.level = "off".to_owned());
    seen.during(|| {
        let _span = info_span!("request", request_id = "r-1").entered();
        crate::security!(info, "login", "somebody came in");
        error!("nobody hears it");
    });
    assert_eq!(seen.tail(), ["INFO security somebody came in {\"kind\":\"login\",\"request_id\":\"r-1\"}"]);
}

/// An error that tells its secret in every way there is.
#[derive(Debug)]
struct Leaky(&'static str, Option<Box<Self>>);

impl fmt::Display for Leaky {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot reach postgres://user:{}@host", self.0)
    }
}

impl Error for Leaky {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

#[test]
fn a_secret_shows_nowhere() {
    const SECRET: &str = "p@ss \"w\\rd\"\nline";
    for format in [Format::Pretty, Format::Json] {
        let seen = Seen::with(|config| config.format = format);
        seen.logs.handles.hide(SECRET).unwrap();
        seen.logs.handles.hide("87654321").unwrap();
        seen.during(|| {
            let nested = Leaky("outer", Some(Box::new(Leaky(SECRET, None))));
            let _span =
                info_span!("request", password = SECRET, pin = 87_654_321, late = tracing::field::Empty);
            _span.record("late", SECRET);
            let _entered = _span.enter();
            info!("message with {SECRET}");
            info!("message with {SECRET:?}");
            error!(error = &nested as &dyn Error, "as an error");
            error!(error = ?nested, "as debug");
            error!(error = %nested.1.as_ref().unwrap(), "as display");
            error!(json = serde_json::json!({ "a": [SECRET] }).to_string(), "as JSON");
            error!(json = ?serde_json::json!({ "a": [SECRET] }).to_string(), "as JSON in debug");
            info!(url = "http://x/?q=p%40ss+%22w%5Crd%22%0Aline&z", "in a URL");
            crate::security!(warn, "kind", value = SECRET, "security");
            drop(super::super::slow::watch(SECRET, Duration::ZERO, seen.clock.clone()));
        });
        let everything = seen.everything();
        assert_eq!(everything.matches("87654321").count(), 0);
        for part in ["p@ss", "%40ss", "w\\rd", "rd\\\"\\nline", "rd\"\nline"] {
            assert!(!everything.contains(part), "{part:?} in {everything}");
        }
        assert!(
            everything
                .contains("cannot reach postgres://user:outer@host: cannot reach postgres://user:***@host")
        );
        assert!(everything.contains("http://x/?q=***&z"));
    }
}

#[test]
fn what_comes_from_outside_cannot_forge_a_line() {
    let seen = Seen::new();
    let forged = "x\n2026-01-01T00:00:00.000Z ERROR forged\x1b[2J";
    seen.during(|| info!(name = forged, "user {forged}"));
    assert_eq!(seen.console().lines().count(), 1);
    assert_eq!(seen.file("bellwether").lines().count(), 1);
    assert!(!seen.console().contains('\x1b') && !seen.file("bellwether").contains('\x1b'));
    assert_eq!(seen.messages("bellwether"), [format!("user {forged}")]);
}

#[test]
fn a_huge_line_is_shortened_and_still_json() {
    let seen = Seen::with(|config| config.max_bytes = 4_096);
    let huge = "\u{1}é".repeat(500_000);
    seen.during(|| {
        info!(one = huge, two = ?vec![huge.as_str()], "huge {huge}");
        info!("next");
    });
    let file = seen.file("bellwether");
    assert!(file.len() <= 4_096);
    let lines: Vec<Json> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["one"].as_str().unwrap().ends_with('…'));
    assert_eq!(lines[1]["message"], "next");
    assert!(seen.everything().len() < 200_000);
}

#[test]
fn a_secret_at_the_edge_of_what_is_kept_is_not_kept_in_part() {
    let seen = Seen::new();
    seen.logs.handles.hide("abcdefghijklmnopqrstuvwxyz").unwrap();
    for length in (2_048 - 30..2_048 + 5).chain(16_384 - 30..16_384 + 5).chain(65_536 - 30..65_536 + 5) {
        let text = format!("{}abcdefghijklmnopqrstuvwxyz", "-".repeat(length));
        seen.during(|| info!(text, "edge"));
    }
    let everything = seen.everything().replace("edge", "").replace("target", "").replace("telemetry", "");
    assert!(!everything.contains("abc"), "a part of the secret is left");
}

#[test]
fn a_wrong_configuration_is_refused_in_words() {
    let refused = |change: fn(&mut LogConfig)| {
        let mut config = LogConfig::default();
        change(&mut config);
        Seen::build(&config, QueueLimits::default()).err().unwrap().to_string()
    };
    assert!(refused(|config| config.level = "verbose".to_owned()).contains("\"verbose\" is no level"));
    assert_eq!(
        refused(|config| config.max_bytes = 4_095),
        "log files of 4095 bytes hold no useful line; give at least 4096"
    );
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = LogConfig::default();
    assert_eq!((config.level.as_str(), config.format), ("info", Format::Pretty));
    assert_eq!((config.max_bytes, config.max_files), (10_485_760, 10));
    assert_eq!((config.directory, config.slow_operation_ms), (None, 1_000));
}

#[test]
fn an_unwritable_folder_is_told_on_the_console_and_counted() {
    let config = LogConfig { directory: Some("logs".into()), ..LogConfig::default() };
    let seen = Seen::build(&config, QueueLimits { lines: 2, bytes: 100_000 }).unwrap();
    seen.shelf.inside().no_open = true;
    seen.during(|| info!("first"));
    while !seen.tail().iter().any(|line| line.contains("cannot be written")) {
        std::thread::yield_now();
    }
    for _ in 0..5 {
        seen.during(|| info!("next"));
        assert!(!seen.logs.handles.flush(Duration::ZERO));
    }
    let dropped = seen.logs.handles.dropped();
    let of = |log, reason| {
        dropped.iter().find(|dropped| dropped.log == log && dropped.reason == reason).unwrap().lines
    };
    assert_eq!(of("bellwether", DropReason::Unwritable), 4);
    assert_eq!(of("error", DropReason::Unwritable), 0);

    seen.shelf.inside().no_open = false;
    assert_eq!(seen.messages("bellwether"), ["first", "next"]);
    let told: Vec<String> = seen.tail().into_iter().filter(|line| line.contains(".log ")).collect();
    assert_eq!(
        told,
        [
            "ERROR telemetry logs/bellwether.log cannot be written: permission denied; the program goes on, lines \
             wait and then are dropped {\"log\":\"bellwether\"}",
            "WARN telemetry logs/bellwether.log is written again; 4 lines were dropped {\"log\":\"bellwether\"}",
        ]
    );
}

#[test]
fn dropped_lines_become_metrics() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let seen = Seen::new();
    drop(seen.logs.guard);
    tracing::dispatcher::with_default(&seen.logs.dispatch, || info!("too late"));
    metrics::with_local_recorder(&recorder, || seen.logs.handles.export_metrics());
    let text = recorder.handle().render();
    assert!(text.contains("log_lines_dropped_total{log=\"bellwether\",reason=\"closed\"} 1"), "{text}");
    assert!(text.contains("log_lines_dropped_total{log=\"error\",reason=\"closed\"} 0"), "{text}");
    assert_eq!(text.matches("log_lines_dropped_total{").count(), 15);
}

#[test]
fn the_guard_writes_what_waits() {
    let seen = Seen::new();
    seen.during(|| (0..1_000).for_each(|number| info!(number, "line")));
    drop(seen.logs.guard);
    assert_eq!(seen.shelf.text("logs/bellwether.log").lines().count(), 1_000);
    assert_eq!(seen.console.lock().unwrap().iter().filter(|byte| **byte == b'\n').count(), 1_000);
}
