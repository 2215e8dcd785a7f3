//! A rule: a condition, how long it must hold, and what it means to the person who is told.

mod specified;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Condition;

pub use specified::specified;

/// Rules that may be loaded; more are a fault of the configuration.
pub const RULES_MAX: usize = 200;

/// How much a firing rule matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    /// Somebody is to be woken.
    Critical,
}

impl Severity {
    /// A stable name for labels and messages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// When somebody is told, and what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Letters, digits and `_`; one rule has it.
    pub name: String,
    pub severity: Severity,
    /// One sentence: what is the matter and where to look.
    pub about: String,
    pub condition: Condition,
    /// How long the condition must hold without a break; 0 fires at once.
    #[serde(default)]
    pub for_seconds: u32,
    #[serde(default = "enabled")]
    pub enabled: bool,
}

const fn enabled() -> bool {
    true
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("alert `{rule}`: {what}")]
pub struct RuleFault {
    pub rule: String,
    pub what: String,
}

impl Rule {
    #[must_use]
    pub fn hold(&self) -> Duration {
        Duration::from_secs(u64::from(self.for_seconds))
    }

    fn faults(&self) -> Vec<RuleFault> {
        let mut faults = self.condition.faults();
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(is_part) {
            faults.push("`name` must be 1 to 64 letters, digits and `_`".to_owned());
        }
        if self.for_seconds > 86_400 {
            faults.push("`for_seconds` must be from 0 to 86400".to_owned());
        }
        faults.into_iter().map(|what| RuleFault { rule: self.name.clone(), what }).collect()
    }
}

/// The specified rules with those of the configuration laid over them: one of the same name replaces it.
///
/// # Errors
/// Every fault of every rule.
pub fn merged(configured: &[Rule]) -> Result<Vec<Rule>, Vec<RuleFault>> {
    let mut rules = specified();
    let mut faults = Vec::new();
    for (index, rule) in configured.iter().enumerate() {
        faults.extend(rule.faults());
        if configured[..index].iter().any(|earlier| earlier.name == rule.name) {
            faults.push(RuleFault { rule: rule.name.clone(), what: "the name is taken twice".to_owned() });
        }
        match rules.iter_mut().find(|known| known.name == rule.name) {
            Some(known) => *known = rule.clone(),
            None => rules.push(rule.clone()),
        }
    }
    if rules.len() > RULES_MAX {
        let what = format!("{} rules are more than the {RULES_MAX} allowed", rules.len());
        faults.push(RuleFault { rule: "all".to_owned(), what });
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}
