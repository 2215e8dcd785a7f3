//! What is wrong with a configuration: each fault with its place, what is allowed and the mend.

use std::fmt::{Display, Formatter};

use serde::Serialize;

use super::path;
use super::place::Place;

/// One thing to put right. Never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// Where it stands: `config/config.yaml:3:15`, `environment variable DB_POOL_MAX`, `flag --set listen`.
    pub(crate) place: String,
    /// The setting as it was written there; empty where the fault is about no setting.
    pub(crate) setting: String,
    pub(crate) what: String,
    /// Empty where the words of `what` say it already.
    pub(crate) allowed: String,
    pub(crate) mend: String,
}

impl Fault {
    pub(super) fn new(place: &Place, setting: &str, what: impl Into<String>) -> Self {
        Self {
            place: place.to_string(),
            setting: path::written(setting),
            what: what.into(),
            allowed: String::new(),
            mend: String::new(),
        }
    }

    pub(super) fn allowing(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = allowed.into();
        self
    }

    pub(super) fn mended_by(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        if !self.setting.is_empty() {
            write!(formatter, "`{}` ", self.setting)?;
        }
        formatter.write_str(&self.what)?;
        if !self.allowed.is_empty() {
            write!(formatter, "; allowed: {}", self.allowed)?;
        }
        if !self.mend.is_empty() {
            write!(formatter, "; mend: {}", self.mend)?;
        }
        Ok(())
    }
}

/// Every fault of every layer, one a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} fault(s):\n  {}", .0.len(), lines(.0))]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}
