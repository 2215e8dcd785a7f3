use domain::{InstrumentId, Price, Rate};
use serde::Serialize;
use utoipa::ToSchema;

use super::{as_basis_points, as_text};

/// Where a spread is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpreadPhase {
    Opened,
    Changed,
    Closed,
}

impl From<domain::SpreadPhase> for SpreadPhase {
    fn from(phase: domain::SpreadPhase) -> Self {
        match phase {
            domain::SpreadPhase::Opened => Self::Opened,
            domain::SpreadPhase::Changed => Self::Changed,
            domain::SpreadPhase::Closed => Self::Closed,
        }
    }
}

/// Two instruments whose prices move together, and are further from one another than is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairSpread {
    /// Numbers the openings; later changes of the same spread carry the same id.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub id: u64,
    pub phase: SpreadPhase,
    #[schema(value_type = u32)]
    pub first_instrument_id: InstrumentId,
    #[schema(value_type = u32)]
    pub second_instrument_id: InstrumentId,
    /// Midpoints at the time.
    #[schema(value_type = String)]
    pub first_price: Price,
    #[schema(value_type = String)]
    pub second_price: Price,
    /// Units of the second to sell for one of the first.
    #[schema(value_type = String)]
    pub hedge_ratio: Rate,
    /// How far the first is above what the second lets expect, in standard deviations.
    #[schema(value_type = String)]
    pub z_score: Rate,
    #[schema(value_type = String)]
    pub correlation: Rate,
    pub samples: u32,
    pub time_ms: i64,
}

impl From<&domain::PairSpread> for PairSpread {
    fn from(spread: &domain::PairSpread) -> Self {
        Self {
            id: spread.id,
            phase: spread.phase.into(),
            first_instrument_id: spread.first,
            second_instrument_id: spread.second,
            first_price: spread.first_price,
            second_price: spread.second_price,
            hedge_ratio: spread.hedge_ratio,
            z_score: spread.z_score,
            correlation: spread.correlation,
            samples: spread.samples,
            time_ms: spread.time.millis(),
        }
    }
}

/// How wide bid and ask of an instrument are apart, for that instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpreadRegime {
    Tight,
    Usual,
    Wide,
}

impl From<domain::SpreadRegime> for SpreadRegime {
    fn from(regime: domain::SpreadRegime) -> Self {
        match regime {
            domain::SpreadRegime::Tight => Self::Tight,
            domain::SpreadRegime::Usual => Self::Usual,
            domain::SpreadRegime::Wide => Self::Wide,
        }
    }
}

/// Bid and ask of an instrument have come to be wider or tighter apart than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegimeChange {
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    pub from: SpreadRegime,
    pub to: SpreadRegime,
    /// Ask less bid, in hundredths of a percent of their midpoint.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub basis_points: Rate,
    /// What is usual.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub usual_basis_points: Rate,
    /// How far from usual, in standard deviations of the logarithm.
    #[schema(value_type = String)]
    pub z_score: Rate,
    pub time_ms: i64,
}

impl From<&domain::RegimeChange> for RegimeChange {
    fn from(change: &domain::RegimeChange) -> Self {
        Self {
            instrument_id: change.instrument,
            from: change.from.into(),
            to: change.to.into(),
            basis_points: change.share,
            usual_basis_points: change.usual,
            z_score: change.z_score,
            time_ms: change.time.millis(),
        }
    }
}
