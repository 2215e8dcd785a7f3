//! The log as it travels.

use std::collections::BTreeMap;

use api::model::operations::{LogLevel, LogLine, LogLines, LogQuery};
use telemetry::Handles;
use telemetry::logs::{Followed, Line, Value};
use tokio_util::sync::CancellationToken;
use tracing::Level;

use crate::node::frames::Frames;

pub(super) fn lines(logs: &Handles, query: &LogQuery) -> LogLines {
    let wanted = |line: &LogLine| {
        let contains = |part: &String| {
            let fields = line.fields.values();
            fields.chain([&line.message, &line.target]).any(|text| text.contains(part.as_str()))
        };
        line.level <= query.level && query.contains.as_ref().is_none_or(contains)
    };
    let mut lines: Vec<LogLine> = logs.tail().iter().map(|line| of(line)).filter(wanted).collect();
    lines.drain(..lines.len().saturating_sub(query.limit));
    LogLines { lines, dropped: logs.dropped().iter().map(|dropped| dropped.lines).sum() }
}

/// Passes every line on to the pages of administrators, until the stop.
pub(super) async fn follow(logs: Handles, frames: Frames, stop: CancellationToken) {
    let (_, mut follower) = logs.follow();
    while let Some(Some(followed)) = stop.run_until_cancelled(follower.next()).await {
        // What was missed is in the file, and the page asks for it there.
        if let Followed::Line(line) = followed {
            frames.log(&of(&line));
        }
    }
}

pub(super) fn of(line: &Line) -> LogLine {
    LogLine {
        at_ms: i64::try_from(line.time.milliseconds()).unwrap_or(i64::MAX),
        level: level(line.level),
        target: line.target.to_owned(),
        message: line.message.clone(),
        fields: line
            .fields
            .iter()
            .map(|(name, value)| (name.to_owned(), text(value)))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Signed(number) => number.to_string(),
        Value::Unsigned(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}
