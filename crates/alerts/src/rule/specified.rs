use super::{Rule, Severity};
use crate::{Comparison, Condition, Selector};

/// The rules that hold where nobody chose others.
#[must_use]
pub fn specified() -> Vec<Rule> {
    dependencies().into_iter().chain(work()).collect()
}

/// What the program leans on.
fn dependencies() -> [Rule; 4] {
    [
        rule(
            "circuit_breaker_open",
            Severity::Critical,
            0,
            "A dependency failed so often that it is not called any more. The operations view names its policy; \
             reset the breaker once the dependency is well.",
            value("circuit_breaker_state", &[], Comparison::Equal, 1.0),
        ),
        rule(
            "service_degraded",
            Severity::Warning,
            300,
            "The program as a whole has not been healthy for five minutes. The operations view names the component.",
            value("health_status", &[], Comparison::AtLeast, 1.0),
        ),
        rule(
            "database_unhealthy",
            Severity::Critical,
            0,
            "The database cannot be written. Trading steps down the ladder and the journals keep every fact; free \
             the disk or bring the database back.",
            value("health_component_state", &[("component", "database")], Comparison::Equal, 2.0),
        ),
        rule(
            "feed_stale",
            Severity::Critical,
            0,
            "A market feed is silent. No new risk is taken on it.",
            value("health_component_state", &[("component", "feed:*")], Comparison::Equal, 2.0),
        ),
    ]
}

/// What the program does.
fn work() -> [Rule; 4] {
    [
        rule(
            "high_error_rate",
            Severity::Warning,
            120,
            "More than one in ten requests failed. The error log says why.",
            Condition::Share {
                of: selector("http_requests_total", &[("status", "5*")]),
                among: selector("http_requests_total", &[]),
                within_seconds: 120,
                is: Comparison::Above,
                threshold: 0.1,
            },
        ),
        rule(
            "daily_loss",
            Severity::Critical,
            0,
            "An account reached a loss limit: it only reduces its positions until a person has looked.",
            value("accounts_at_loss_limit", &[("kind", "daily_loss|drawdown")], Comparison::Above, 0.0),
        ),
        rule(
            "dead_letters_growing",
            Severity::Warning,
            0,
            "Messages could not be stored after the last try and went to the dead letters.",
            increase("kafka_dlq_messages_total", 600),
        ),
        rule(
            "log_lines_dropped",
            Severity::Warning,
            0,
            "Log lines were let go: the disk is full or too slow.",
            increase("log_lines_dropped_total", 600),
        ),
    ]
}

fn rule(name: &str, severity: Severity, for_seconds: u32, about: &str, condition: Condition) -> Rule {
    Rule { name: name.to_owned(), severity, about: about.to_owned(), condition, for_seconds, enabled: true }
}

fn value(metric: &str, labels: &[(&str, &str)], is: Comparison, threshold: f64) -> Condition {
    Condition::Value { of: selector(metric, labels), is, threshold }
}

fn increase(metric: &str, within_seconds: u32) -> Condition {
    Condition::Increase { of: selector(metric, &[]), within_seconds, is: Comparison::Above, threshold: 0.0 }
}

fn selector(metric: &str, labels: &[(&str, &str)]) -> Selector {
    labels.iter().fold(Selector::new(metric), |selector, (label, pattern)| selector.with(label, pattern))
}
