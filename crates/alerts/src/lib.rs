//! Alert rules: evaluated in process on the program's own metrics, and told by webhook, by e-mail and to the page.
//!
//! It is not a time-series database: a rule looks at what it needs of the recent past and no more. It reads no clock:
//! the time comes with each evaluation. The same rules are written as a Prometheus rules file, so that what wakes
//! somebody does not depend on who evaluates it.

pub mod condition;
pub mod evaluation;
pub mod names;
pub mod notify;
pub mod prometheus;
pub mod rule;

pub use condition::{Comparison, Condition, Selector};
pub use evaluation::{Alerts, Change, Instance, Notice, Sample, Silence, State, Status};
pub use rule::{Rule, RuleFault, Severity};

#[cfg(test)]
mod tests;
