//! Operations that take longer than they should.

#[cfg(test)]
mod tests;

use std::time::Duration;

use resilience::Clock;

/// The target of such events. What is logged to it goes to `slow.log` as well.
pub const TARGET: &str = "slow";

/// Counter, label `operation`: operations that took longer than they should.
pub const SLOW_OPERATIONS: &str = "slow_operations_total";

/// Looks at the clock now and again when it is dropped, and logs and counts the operation if it took `threshold` or
/// longer. Events within a span carry the span's fields, so a slow operation tells whose request it was.
#[must_use = "an operation is watched as long as its watch lives"]
pub struct Watch<C: Clock> {
    operation: &'static str,
    threshold: Duration,
    clock: C,
    /// Nanoseconds.
    started: u64,
}

/// Watches `operation` until the answer is dropped.
pub fn watch<C: Clock>(operation: &'static str, threshold: Duration, clock: C) -> Watch<C> {
    let started = clock.now();
    Watch { operation, threshold, clock, started }
}

impl<C: Clock> Drop for Watch<C> {
    fn drop(&mut self) {
        let took = Duration::from_nanos(self.clock.now().saturating_sub(self.started));
        if took < self.threshold {
            return;
        }
        let milliseconds = took.as_secs_f64() * 1e3;
        let threshold_milliseconds = self.threshold.as_secs_f64() * 1e3;
        tracing::warn!(
            target: "slow",
            operation = self.operation,
            milliseconds,
            threshold_milliseconds,
            "took long"
        );
        metrics::counter!(SLOW_OPERATIONS, "operation" => self.operation).increment(1);
    }
}
