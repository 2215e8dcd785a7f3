use std::fmt;

use resilience::{Category, Failure, Kind, Severity};
use thiserror::Error;

/// A secret that could not be had: for what, from where, and why. Never what it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{slot}` ({reference}): {fault}")]
pub struct SecretError {
    /// The setting that wants it.
    pub slot: String,
    /// The place it should come from, as [`crate::SecretRef`] shows it.
    pub reference: String,
    pub(crate) fault: Fault,
}

/// Why, without for whom.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// A clause that says what is wrong and, where there is something, what to do.
    pub(crate) what: String,
}

impl Fault {
    pub(crate) fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, what)
    }

    pub(crate) fn rejected(what: impl Into<String>) -> Self {
        Self::new(Kind::Rejected, what)
    }

    pub(crate) fn unauthorised(what: impl Into<String>) -> Self {
        Self::new(Kind::Unauthorised, what)
    }

    pub(crate) fn transient(what: impl Into<String>) -> Self {
        Self::new(Kind::Transient, what)
    }
}

impl Failure for Fault {
    fn kind(&self) -> Kind {
        self.kind
    }
}

impl Failure for SecretError {
    fn kind(&self) -> Kind {
        self.fault.kind
    }
}

impl SecretError {
    #[must_use]
    pub fn category(&self) -> Category {
        match self.fault.kind {
            Kind::Unauthorised => Category::Authentication,
            Kind::Invalid | Kind::Rejected => Category::Configuration,
            _ => Category::Network,
        }
    }

    #[must_use]
    pub const fn severity(&self) -> Severity {
        Severity::High
    }
}

/// All that failed, in the order of their slots, one a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct SecretErrors(pub Vec<SecretError>);

impl fmt::Display for SecretErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(formatter, "{} secret{plural} cannot be had:", self.0.len())?;
        self.0.iter().try_for_each(|error| write!(formatter, "\n  {error}"))
    }
}
