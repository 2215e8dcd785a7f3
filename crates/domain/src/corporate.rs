use serde::{Deserialize, Serialize};

use crate::{InstrumentId, Price, Timestamp};

/// `numerator` new shares for every `denominator` old ones; a 1:20 reverse split is 1/20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub numerator: u32,
    pub denominator: u32,
}

/// Cash paid per share held; owed per share short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dividend {
    pub per_share: Price,
}

/// What a company does to its shares, effective before the first trade at `time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorporateAction {
    pub instrument: InstrumentId,
    pub time: Timestamp,
    pub terms: CorporateTerms,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorporateTerms {
    Split(Split),
    Dividend(Dividend),
}
