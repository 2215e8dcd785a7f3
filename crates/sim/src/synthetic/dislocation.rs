use domain::{Rate, Side, Span, Timestamp};

use super::listing::Listing;
use super::{STEP_SECONDS, SyntheticConfig};
use crate::chance::Chance;

/// Sets a venue apart from the others now and then: its best bid rises above what another asks, or its best ask
/// falls below what another bids, by both taker fees and one to fifteen basis points more, for 0.2 to 3 seconds.
#[derive(Debug)]
pub(super) struct Dislocations {
    per_step: f64,
    fees: Vec<f64>,
}

impl Dislocations {
    pub(super) fn new(config: &SyntheticConfig) -> Self {
        let fee = |rate: Rate| rate.to_f64();
        Self {
            per_step: STEP_SECONDS / config.dislocation_seconds,
            fees: config.venues.iter().map(|venue| fee(venue.taker_fee)).collect(),
        }
    }

    /// How many began.
    pub(super) fn step(
        &self,
        now: Timestamp,
        activity: f64,
        venues: usize,
        listings: &mut [Listing],
        chance: &mut Chance,
    ) -> u64 {
        if venues < 2 || !chance.happens(self.per_step * activity) {
            return 0;
        }
        let index = usize::try_from(chance.below(listings.len() as u64)).unwrap_or(0);
        let side = if chance.happens(0.5) { Side::Buy } else { Side::Sell };
        let net = (1.3 * chance.power_law()).min(15.0) * 1e-4;
        let span = 200 + i64::try_from(chance.below(2_800)).unwrap_or(0);
        let asset = index / venues * venues;
        let target = (asset..asset + venues)
            .filter(|&other| other != index)
            .filter_map(|other| self.target(&listings[other], index % venues, other % venues, side, net))
            .reduce(|left, right| if side == Side::Buy { left.min(right) } else { left.max(right) });
        let Some(target) = target else { return 0 };
        listings[index].dislocate(side, target, now.plus(Span::from_millis(span)));
        1
    }

    /// Where the best price of `side` must stand to pay both fees and `net` against another venue.
    fn target(
        &self,
        other: &Listing,
        own_venue: usize,
        other_venue: usize,
        side: Side,
        net: f64,
    ) -> Option<f64> {
        let margin = self.fees[own_venue] + self.fees[other_venue] + net;
        let (bid, ask) = other.best()?;
        Some(match side {
            Side::Buy => ask * (1.0 + margin),
            Side::Sell => bid * (1.0 - margin),
        })
    }
}
