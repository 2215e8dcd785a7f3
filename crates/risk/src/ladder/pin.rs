use domain::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Rung;

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub rung: Rung,
    /// Why, and who; it becomes the cause of the step.
    pub note: String,
    /// Said explicitly where the rung is better than the one health asks for.
    pub accept_risk: bool,
    /// How long it holds. Without it a pin for the worse holds until it is lifted, and one for the better for
    /// [`super::LadderConfig::pin_expires_after`].
    pub lasts: Option<Span>,
}

/// An operator's word that holds. Plain data, so that whoever keeps a ladder can keep it over a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    pub rung: Rung,
    pub note: String,
    pub since: Timestamp,
    /// When it runs out; `None` only for [`Hold::AtLeast`].
    pub until: Option<Timestamp>,
    pub hold: Hold,
}

impl Pinned {
    /// Where the account stands when health asks for `demanded`.
    pub(super) fn against(&self, demanded: Rung) -> Rung {
        match self.hold {
            Hold::AtLeast => self.rung.max(demanded),
            Hold::Exactly => self.rung,
        }
    }

    pub(super) fn has_expired(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}

/// How a pin binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// No better than what health asked for: health may ask for worse.
    AtLeast,
    /// Better than what health asked for: the account stands exactly there, whatever health asks.
    Exactly,
}

/// Why a pin was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinRefused {
    #[error("health asks for {demanded}; to go on with {asked} accept the risk explicitly")]
    RiskNotAccepted { demanded: Rung, asked: Rung },
}
