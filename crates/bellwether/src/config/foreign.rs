//! Entries and settings that belong to other parts of the program, such as policies and rules of alerts: the part
//! that reads them says what is wrong with them, and here that gets its place.

use super::path;
use super::sections::Config;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(super) path: String,
    pub(super) what: String,
    /// Empty where `what` says it already.
    pub(super) allowed: String,
}

/// Looks at what it knows of the configuration.
pub(crate) type Check = fn(&Config) -> Vec<Flaw>;

/// Who is asked.
pub(super) const CHECKS: &[Check] = &[
    crate::node::check_policies,
    crate::node::check_rules,
    crate::node::check_channels,
    crate::node::check_redis,
    crate::node::check_parties,
];

impl Flaw {
    /// In the entry `name` of `section`, such as `policies`; `inside` is the path in the entry, empty for the whole.
    pub(crate) fn new(
        section: &str,
        name: &str,
        inside: &str,
        what: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let entry = path::below(section, name);
        let path = if inside.is_empty() { entry } else { format!("{entry}.{inside}") };
        Self::of(path, what, allowed)
    }

    /// In the setting at `path`.
    pub(crate) fn of(path: impl Into<String>, what: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into(), allowed: allowed.into() }
    }
}
