use domain::Side;

use super::STEP_SECONDS;
use crate::chance::Chance;

/// Trades a second and side that come by themselves.
const CALM: f64 = 0.55;
/// How much faster a trade makes further ones of its side, and of the other, a second.
const OWN: f64 = 1.3;
const OTHER: f64 = 0.3;
/// What is left of the excitement after one step: half is gone in a third of a second. Each trade sets off
/// (`OWN` + `OTHER`) × 0.01 / 0.02 = 0.8 others.
const KEPT: f64 = 0.98;

/// When trades happen: a self-exciting (Hawkes) process of each side.
#[derive(Debug, Default)]
pub(super) struct Excitement {
    buy: f64,
    sell: f64,
}

impl Excitement {
    /// The side that takes in this step, if any does.
    pub(super) fn step(&mut self, pace: f64, chance: &mut Chance) -> Option<Side> {
        self.buy *= KEPT;
        self.sell *= KEPT;
        let (buy, sell) = (CALM * pace + self.buy, CALM * pace + self.sell);
        let draw = chance.unit();
        let scale = STEP_SECONDS.min(0.9 / (buy + sell));
        if draw < buy * scale {
            Some(Side::Buy)
        } else if draw < (buy + sell) * scale {
            Some(Side::Sell)
        } else {
            None
        }
    }

    /// A trade, or something as alarming, happened on a side.
    pub(super) fn excite(&mut self, side: Side, times: f64) {
        let (own, other) = match side {
            Side::Buy => (&mut self.buy, &mut self.sell),
            Side::Sell => (&mut self.sell, &mut self.buy),
        };
        *own += OWN * times;
        *other += OTHER * times;
    }
}
