//! What the components' states ask of trading.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{Span, Timestamp};
use resilience::health::{ComponentSnapshot, Status};
use risk::Rung;

use crate::config::{LadderRule, LadderStatus};

/// The rules, and since when each of them holds for each component.
#[derive(Debug, Default)]
pub(crate) struct Demands(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    rules: Vec<LadderRule>,
    since: HashMap<(usize, String), Timestamp>,
}

impl Demands {
    pub(crate) fn new(rules: Vec<LadderRule>) -> Self {
        Self(Mutex::new(State { rules, since: HashMap::new() }))
    }

    /// Other rules from now on; they begin to count anew.
    pub(crate) fn set_rules(&self, rules: Vec<LadderRule>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { rules, since: HashMap::new() };
    }

    /// The lowest rung that a rule asks for, and the component because of which.
    pub(crate) fn of(&self, components: &[ComponentSnapshot], now: Timestamp) -> (Rung, String) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State { rules, since } = &mut *state;
        let mut holding = HashMap::new();
        let mut asked = (Rung::Normal, String::new());
        for (index, rule) in rules.iter().enumerate() {
            for component in components.iter().filter(|component| holds(rule, component)) {
                let key = (index, component.name.clone());
                let began = since.get(&key).copied().unwrap_or(now);
                holding.insert(key, began);
                if now.since(began) >= hold_of(rule) && rule.rung > asked.0 {
                    asked = (rule.rung, cause(component));
                }
            }
        }
        *since = holding;
        asked
    }
}

fn holds(rule: &LadderRule, component: &ComponentSnapshot) -> bool {
    let is_meant = match rule.component.strip_suffix('*') {
        Some(start) => component.name.starts_with(start),
        None => component.name == rule.component,
    };
    let worse = match rule.status {
        LadderStatus::Degraded => Status::Degraded,
        LadderStatus::Unhealthy => Status::Unhealthy,
    };
    // A component that was not checked yet says nothing.
    is_meant && component.checks > 0 && component.status >= worse
}

fn hold_of(rule: &LadderRule) -> Span {
    Span::from_millis(i64::try_from(rule.for_ms).unwrap_or(i64::MAX))
}

/// The component and its state: its words may change with every check, and hold addresses.
fn cause(component: &ComponentSnapshot) -> String {
    let status = match component.status {
        Status::Healthy => "healthy",
        Status::Degraded => "degraded",
        Status::Unhealthy => "unhealthy",
    };
    format!("{} is {status}", component.name)
}

#[cfg(test)]
mod tests;
