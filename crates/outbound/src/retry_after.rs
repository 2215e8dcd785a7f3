//! `Retry-After`: a number of seconds, or a date.

use std::time::Duration;

use crate::answer::Answer;

/// How long the party asks us to wait.
///
/// A date is counted from the answer's own `Date`, so that neither clock needs to be right; without one it says
/// nothing.
pub(crate) fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = httpdate::parse_http_date(answer.header("date")?.trim()).ok()?;
    // a date that has passed means at once
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests;
