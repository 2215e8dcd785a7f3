//! How long work took, told to whoever listens, never with what was stored or asked for.

use std::time::Duration;

use crate::{StoreConfig, StoreError, StoreErrorKind, names};

pub(crate) fn tell_time(config: &StoreConfig, doing: &'static str, took: Duration) {
    metrics::histogram!(names::STATEMENT, "doing" => doing).record(took.as_secs_f64());
    let threshold = config.slow_query;
    if took >= threshold {
        let milliseconds = took.as_secs_f64() * 1e3;
        let threshold_milliseconds = threshold.as_secs_f64() * 1e3;
        tracing::warn!(
            target: "slow",
            operation = doing,
            milliseconds,
            threshold_milliseconds,
            "the database took long"
        );
        metrics::counter!(names::SLOW_OPERATIONS, "operation" => doing).increment(1);
    }
}

/// What was stopped at the limit, which is counted.
pub(crate) fn took_too_long(doing: &'static str, limit: Option<Duration>) -> StoreError {
    metrics::counter!(names::STATEMENT_TIMEOUTS, "doing" => doing).increment(1);
    let limit = limit.map_or_else(String::new, |limit| format!(" {} s", limit.as_secs_f64()));
    let what = format!("{doing} took longer than{limit} and was stopped; nothing of it was stored");
    StoreError::new(StoreErrorKind::TimedOut, what)
}

pub(crate) fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
