use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far an account's trading is stepped down, from nothing to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    Normal,
    /// No order that makes a position larger.
    NoNewRisk,
    /// The same, and working orders that could are cancelled.
    ReduceOnly,
    /// Everything that works is cancelled; no new orders.
    CancelAll,
    /// As before, and every position is closed.
    Flatten,
}

impl From<engine::Rung> for Rung {
    fn from(rung: engine::Rung) -> Self {
        match rung {
            engine::Rung::Normal => Self::Normal,
            engine::Rung::NoNewRisk => Self::NoNewRisk,
            engine::Rung::ReduceOnly => Self::ReduceOnly,
            engine::Rung::CancelAll => Self::CancelAll,
            engine::Rung::Flatten => Self::Flatten,
        }
    }
}

impl From<Rung> for engine::Rung {
    fn from(rung: Rung) -> Self {
        match rung {
            Rung::Normal => Self::Normal,
            Rung::NoNewRisk => Self::NoNewRisk,
            Rung::ReduceOnly => Self::ReduceOnly,
            Rung::CancelAll => Self::CancelAll,
            Rung::Flatten => Self::Flatten,
        }
    }
}

/// A person holds an account on a rung, whatever health says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RungOverride {
    pub rung: Rung,
    /// When health decides again; null for as long as nobody lifts it.
    #[schema(required)]
    pub until_ms: Option<i64>,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct RungRequest {
    pub rung: Rung,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
    /// Needed for a rung that allows more than health asks for.
    pub accept_risk: Option<bool>,
    /// How long it holds; until it is lifted when absent, and for a rung that allows more for a quarter of an hour
    /// or as configured.
    #[schema(minimum = 1, maximum = 1_440)]
    pub minutes: Option<u32>,
}
