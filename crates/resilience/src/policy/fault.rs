//! What is wrong with a configuration: everything at once, each with its place and its mend.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Serialize;

/// One wrong value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where it is, as written in a configuration: `retry.tries_max`.
    pub path: String,
    pub given: String,
    /// What may stand there.
    pub allowed: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}: allowed is {}", self.path, self.given, self.allowed)
    }
}

/// All wrong values of a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Faults(Vec<Fault>);

impl Faults {
    #[must_use]
    pub fn as_slice(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<crate::breaker::ConfigError> for Faults {
    fn from(error: crate::breaker::ConfigError) -> Self {
        let written = |fault: crate::breaker::Fault| Fault {
            path: format!("breaker.{}", fault.field),
            given: fault.value,
            allowed: fault.allowed,
        };
        Self(error.faults.into_iter().map(written).collect())
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Collects faults under the path of the section that is looked at.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    path: String,
    faults: Vec<Fault>,
}

impl Checks {
    pub(crate) fn of(check: impl FnOnce(&mut Self)) -> Result<(), Faults> {
        let mut checks = Self::default();
        check(&mut checks);
        if checks.faults.is_empty() { Ok(()) } else { Err(Faults(checks.faults)) }
    }

    pub(crate) fn section(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let outer = self.path.len();
        self.path.push_str(name);
        self.path.push('.');
        check(self);
        self.path.truncate(outer);
    }

    /// `allowed`: in words.
    pub(crate) fn that(&mut self, is_right: bool, name: &str, given: impl fmt::Display, allowed: String) {
        if !is_right {
            self.faults.push(Fault {
                path: format!("{}{name}", self.path),
                given: given.to_string(),
                allowed,
            });
        }
    }

    /// A number that is not one is within nothing.
    pub(crate) fn within<N>(&mut self, name: &str, given: N, allowed: RangeInclusive<N>)
    where
        N: PartialOrd + fmt::Display,
    {
        let words = format!("{} to {}", allowed.start(), allowed.end());
        self.that(allowed.contains(&given), name, given, words);
    }

    /// In milliseconds.
    pub(crate) fn span(&mut self, name: &str, given: Duration, allowed: RangeInclusive<Duration>) {
        let words = format!("{} to {}", allowed.start().as_millis(), allowed.end().as_millis());
        self.that(allowed.contains(&given), name, given.as_millis(), words);
    }
}
