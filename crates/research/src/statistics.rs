//! Statistics of an equity curve and its trades, with their conventions stated. Undefined figures are absent,
//! never a sentinel.
//!
//! Simple daily returns; sample standard deviation (n−1); risk-free rate zero; Sharpe is mean/σ·√N; Sortino
//! divides by the root of the mean squared negative return over all n; CAGR uses calendar days over 365;
//! drawdown is negative; win rate leaves break-even trades out.

mod moments;
mod returns;
mod trades;

use domain::{Money, Span, Timestamp};
use serde::Serialize;

use crate::{EquityPoint, RoundTrip};

pub use returns::ReturnStatistics;
pub use trades::TradeStatistics;

/// How many periods make a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Convention {
    /// Sessions of an exchange: 252.
    Sessions,
    /// Markets that never close: 365.
    EveryDay,
}

impl Convention {
    #[must_use]
    pub const fn periods_per_year(self) -> f64 {
        match self {
            Self::Sessions => 252.0,
            Self::EveryDay => 365.0,
        }
    }

    /// Every day if the curve has a point on a weekend.
    #[must_use]
    pub fn of(points: &[EquityPoint]) -> Self {
        let weekend = |point: &EquityPoint| {
            // 1970-01-01 was a Thursday; a point stands at the end of what it sums up.
            let moment = point.time.nanos() - 1;
            matches!(moment.div_euclid(Span::DAY.nanos()).rem_euclid(7), 2 | 3)
        };
        if points.iter().any(weekend) { Self::EveryDay } else { Self::Sessions }
    }
}

/// Everything a report says about one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistics {
    pub convention: Convention,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub start_equity: Money,
    pub end_equity: Money,
    pub fees: Money,
    pub returns: ReturnStatistics,
    pub trades: TradeStatistics,
}

impl Statistics {
    /// `points` oldest first, the first of them already a period after `start_equity`.
    #[must_use]
    pub fn of(start_equity: Money, points: &[EquityPoint], trips: &[RoundTrip], fees: Money) -> Self {
        let convention = Convention::of(points);
        let levels: Vec<f64> = std::iter::once(start_equity)
            .chain(points.iter().map(|point| point.equity))
            .map(Money::to_f64)
            .collect();
        let (start, end) = (points.first().map(|point| point.time), points.last().map(|point| point.time));
        let days = start.zip(end).map_or(0.0, |(start, end)| end.since(start).nanos() as f64 / 8.64e13);
        Self {
            convention,
            start,
            end,
            start_equity,
            end_equity: points.last().map_or(start_equity, |point| point.equity),
            fees,
            returns: ReturnStatistics::of(&levels, days, convention.periods_per_year()),
            trades: TradeStatistics::of(trips),
        }
    }
}
