use super::Labels;

/// How an alert stands, from quiet to loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// The condition holds, but not yet for long enough.
    Pending,
    Firing,
}

/// One series that a rule warns of.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    pub labels: Labels,
    pub state: State,
    /// Since when it has been in that state.
    pub since_ms: i64,
    pub value: Option<f64>,
    pub(super) told_ms: Option<i64>,
}

impl Instance {
    pub(super) const fn new(labels: Labels) -> Self {
        Self { labels, state: State::Ok, since_ms: 0, value: None, told_ms: None }
    }

    /// Takes the figure of a moment; says whether the alert began (true) or ended (false) with it. A series that is
    /// gone no longer holds.
    pub(super) fn advance(
        &mut self,
        now_ms: i64,
        value: Option<f64>,
        holds: bool,
        hold_ms: i64,
    ) -> Option<bool> {
        self.value = value;
        let next = match (holds, self.state) {
            (false, _) => State::Ok,
            (true, State::Ok) if hold_ms > 0 => State::Pending,
            (true, State::Pending) if now_ms.saturating_sub(self.since_ms) < hold_ms => State::Pending,
            (true, _) => State::Firing,
        };
        if next == self.state {
            return None;
        }
        let before = std::mem::replace(&mut self.state, next);
        self.since_ms = now_ms;
        match (before, next) {
            (_, State::Firing) => Some(true),
            (State::Firing, _) => Some(false),
            _ => None,
        }
    }

    /// Whether somebody is to be told that it fires.
    pub(super) fn is_due(&self, now_ms: i64, again_after_ms: i64) -> bool {
        let is_long_ago = |told: i64| now_ms.saturating_sub(told) >= again_after_ms;
        self.state == State::Firing && self.told_ms.is_none_or(is_long_ago)
    }

    pub(super) const fn was_told(&self) -> bool {
        self.told_ms.is_some()
    }
}
