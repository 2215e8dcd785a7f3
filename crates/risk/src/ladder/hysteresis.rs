use domain::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Hold, Pin, PinRefused, Pinned, Rung};
use crate::LimitFault;

/// How patient a [`Ladder`] is. There is no `Default`: [`LadderConfig::specified`] says the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderConfig {
    /// How long health must have asked for better, without a break, before one step up; nanoseconds.
    pub step_up_after: Span,
    /// How long a pin holds that is better than what health asks for and states no time; nanoseconds.
    pub pin_expires_after: Span,
}

impl LadderConfig {
    /// Ten seconds before a step up, a quarter of an hour for a pin at one's own risk.
    #[must_use]
    pub const fn specified() -> Self {
        Self { step_up_after: Span::from_seconds(10), pin_expires_after: Span::from_seconds(15 * 60) }
    }

    /// Whether the figures can be meant: without patience a ladder would flap with its health.
    ///
    /// # Errors
    /// Every fault at once, never only the first.
    pub fn validate(&self) -> Result<(), Vec<LimitFault>> {
        let spans = [("step_up_after", self.step_up_after), ("pin_expires_after", self.pin_expires_after)];
        let unmeant = spans.into_iter().filter(|(_, span)| *span <= Span::ZERO);
        let faults: Vec<_> = unmeant.map(|(field, _)| LimitFault::NotPositive { field }).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// What the account must now be told. Where a pin runs out and the account stands where it should anyway, `from`
/// and `to` are the same: it is said all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub from: Rung,
    pub to: Rung,
    pub cause: String,
    /// An operator's pin made it, or its end.
    pub is_override: bool,
}

/// Decides on which rung one account stands: down at once to what health asks for, up one rung at a time and
/// only after patience, and where an operator says so, there. Time is handed in and taken to never go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    config: LadderConfig,
    rung: Rung,
    demanded: Rung,
    cause: String,
    /// Since when the account might stand better than it does, without a break.
    better_since: Option<Timestamp>,
    pinned: Option<Pinned>,
    now: Timestamp,
}

impl Ladder {
    /// Goes on from where the account stands, with the pin that held when it stopped; until health speaks, it is
    /// taken to ask for just that rung.
    #[must_use]
    pub const fn new(config: LadderConfig, rung: Rung, pinned: Option<Pinned>) -> Self {
        let now = Timestamp::MIN;
        Self { config, rung, demanded: rung, cause: String::new(), better_since: None, pinned, now }
    }

    /// Takes new figures over; a pin that holds keeps its end.
    pub const fn set_config(&mut self, config: LadderConfig) {
        self.config = config;
    }

    #[must_use]
    pub const fn rung(&self) -> Rung {
        self.rung
    }

    /// What health asked for last.
    #[must_use]
    pub const fn demanded(&self) -> Rung {
        self.demanded
    }

    /// Why health asked for it.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.cause
    }

    #[must_use]
    pub const fn pinned(&self) -> Option<&Pinned> {
        self.pinned.as_ref()
    }

    /// When the next step up is due, if health keeps asking for better.
    #[must_use]
    pub fn steps_up_at(&self) -> Option<Timestamp> {
        self.better_since.map(|since| since.plus(self.config.step_up_after))
    }

    /// What health asks for now. Call it at every change and every second or so besides: steps up and the ends of
    /// pins come out of it.
    #[must_use = "the account must be told"]
    pub fn demand(&mut self, now: Timestamp, rung: Rung, cause: &str) -> Option<Step> {
        let now = self.advance(now);
        self.demanded = rung;
        if self.cause != cause {
            cause.clone_into(&mut self.cause);
        }
        match self.pinned.take_if(|pinned| pinned.has_expired(now)) {
            Some(pinned) => Some(self.release(now, &pinned)),
            None => self.follow(now),
        }
    }

    /// Puts the account on a rung at once, however it stands, in place of an earlier pin.
    ///
    /// # Errors
    /// [`PinRefused`] for a rung better than the one health asks for, unless the risk is accepted.
    pub fn pin(&mut self, now: Timestamp, pin: Pin) -> Result<Option<Step>, PinRefused> {
        let now = self.advance(now);
        let Pin { rung, note, accept_risk, lasts } = pin;
        let (hold, lasts) = match (rung >= self.demanded, accept_risk) {
            (true, _) => (Hold::AtLeast, lasts),
            (false, true) => (Hold::Exactly, lasts.or(Some(self.config.pin_expires_after))),
            (false, false) => {
                return Err(PinRefused::RiskNotAccepted { demanded: self.demanded, asked: rung });
            }
        };
        let step = self.go(now, rung, note.clone(), true);
        let until = lasts.map(|lasts| now.plus(lasts));
        self.pinned = Some(Pinned { rung, note, since: now, until, hold });
        self.note_better(now);
        Ok((step.from != step.to).then_some(step))
    }

    /// Lifts the pin. Where health asks for worse the account steps down at once; to better it goes as always.
    #[must_use = "the account must be told"]
    pub fn unpin(&mut self, now: Timestamp, note: &str) -> Option<Step> {
        let now = self.advance(now);
        self.pinned.take()?;
        let to = self.demanded.max(self.rung);
        let step = self.go(now, to, note.to_owned(), true);
        (step.from != step.to).then_some(step)
    }

    fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.now = self.now.max(now);
        self.now
    }

    /// Where the account should stand if there were no patience.
    fn target(&self) -> Rung {
        self.pinned.as_ref().map_or(self.demanded, |pinned| pinned.against(self.demanded))
    }

    fn follow(&mut self, now: Timestamp) -> Option<Step> {
        let target = self.target();
        if target > self.rung {
            return Some(self.go(now, target, self.cause.clone(), false));
        }
        self.note_better(now);
        let is_due = now.since(self.better_since?) >= self.config.step_up_after;
        is_due.then(|| self.go(now, self.rung.up(), self.cause.clone(), false))
    }

    /// A pin has run out: down at once if health asks for worse, and told in any case.
    fn release(&mut self, now: Timestamp, pinned: &Pinned) -> Step {
        let to = self.demanded.max(self.rung);
        let cause = if self.cause.is_empty() { String::new() } else { format!("; {}", self.cause) };
        self.go(now, to, format!("the pin to {} ran out ({}){cause}", pinned.rung, pinned.note), true)
    }

    fn go(&mut self, now: Timestamp, to: Rung, cause: String, is_override: bool) -> Step {
        let from = std::mem::replace(&mut self.rung, to);
        if from != to {
            self.better_since = None;
        }
        self.note_better(now);
        Step { from, to, cause, is_override }
    }

    fn note_better(&mut self, now: Timestamp) {
        if self.target() < self.rung {
            self.better_since.get_or_insert(now);
        } else {
            self.better_since = None;
        }
    }
}

#[cfg(test)]
mod tests;
