//! Buys where an asset is cheap and sells where it is dear, at the same moment.

mod group;
mod settings;

pub use settings::SpreadCaptureSettings;

use domain::{
    CrossVenueSpread, InstrumentId, Instruments, MarketEvent, OrderRequest, Price, Quantity, Side,
    SpreadPhase, TimeInForce, Timestamp,
};
use engine::{Desk, Strategy};

use super::sizing::units_for;
use group::Group;
pub(crate) use settings::DOC;

/// What has become of the spreads that were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpreadCaptureCounts {
    /// Pairs of orders sent.
    pub pairs: u64,
    /// Market orders that closed what one missed leg had left open.
    pub repairs: u64,
}

/// Answers a spread with two immediate-or-cancel limit orders at the prices seen, for the size seen, within its
/// limits. What one missed leg leaves open (the asset's positions over all venues no longer cancel out) is closed
/// by a market order when it has stood for a while with nothing working; after that the asset rests.
///
/// Positions on single venues may stay: long here, short there, until a spread the other way reduces them. Only
/// instruments of which one unit is one unit of the asset are traded.
#[derive(Debug)]
pub struct SpreadCapture {
    settings: SpreadCaptureSettings,
    groups: Vec<Group>,
    /// The group of each instrument, where it has one.
    places: Vec<Option<usize>>,
    counts: SpreadCaptureCounts,
}

impl SpreadCapture {
    #[must_use]
    pub fn new(settings: SpreadCaptureSettings, instruments: &Instruments) -> Self {
        let groups = group::by_asset(&settings, instruments);
        let mut places = vec![None; instruments.len()];
        for (index, group) in groups.iter().enumerate() {
            for member in group.members() {
                places[member.id.index()] = Some(index);
            }
        }
        Self { settings, groups, places, counts: SpreadCaptureCounts::default() }
    }

    #[must_use]
    pub const fn counts(&self) -> SpreadCaptureCounts {
        self.counts
    }

    fn place(&self, instrument: InstrumentId) -> Option<usize> {
        self.places.get(instrument.index()).copied().flatten()
    }

    fn on_spread(&mut self, desk: &mut Desk<'_>, spread: &CrossVenueSpread) {
        if !self.is_wanted(spread) || desk.is_halted() {
            return;
        }
        let Some(place) = self.place(spread.buy).filter(|&place| self.place(spread.sell) == Some(place))
        else {
            return;
        };
        if self.groups[place].is_resting(spread.time) || is_working(desk, spread) {
            return;
        }
        let quantity = self.quantity(desk, spread).unwrap_or_default();
        if quantity.is_positive() && send_pair(desk, spread, quantity) {
            self.groups[place].watch();
            self.counts.pairs += 1;
        }
    }

    fn is_wanted(&self, spread: &CrossVenueSpread) -> bool {
        spread.phase != SpreadPhase::Closed
            && spread.net_rate >= self.settings.min_net_rate
            && spread.buy_age.max(spread.sell_age) <= self.settings.max_quote_age
    }

    /// What both sides offer, within the size of a pair and the room on both venues, in steps of both.
    fn quantity(&self, desk: &Desk<'_>, spread: &CrossVenueSpread) -> Option<Quantity> {
        let (buy, sell) = (desk.instrument(spread.buy)?, desk.instrument(spread.sell)?);
        let size = units_for(self.settings.pair_notional, buy, spread.buy_price)?;
        let room_to_buy = self.room(desk, spread.buy, Side::Buy, spread.buy_price)?;
        let room_to_sell = self.room(desk, spread.sell, Side::Sell, spread.sell_price)?;
        let quantity = spread.quantity.min(size).min(room_to_buy).min(room_to_sell);
        let step = buy.quantity_step.max(sell.quantity_step);
        let quantity = quantity.truncate_to(step);
        let fits = quantity.is_multiple_of(buy.quantity_step) && quantity.is_multiple_of(sell.quantity_step);
        fits.then_some(quantity)
    }

    /// How much more may be bought or sold on one venue.
    fn room(&self, desk: &Desk<'_>, id: InstrumentId, side: Side, price: Price) -> Option<Quantity> {
        let limit = units_for(self.settings.inventory_notional, desk.instrument(id)?, price)?;
        let held = side.signed(desk.projected_position(id));
        limit.checked_sub(held)
    }

    fn repair(&mut self, desk: &mut Desk<'_>, place: usize, now: Timestamp) {
        let group = &mut self.groups[place];
        let Some((id, open)) = group.overdue(desk, now, &self.settings) else { return };
        let side = if open.is_positive() { Side::Sell } else { Side::Buy };
        if desk.submit(OrderRequest::market(id, side, open.abs())).is_ok() {
            group.rest_until(now.plus(self.settings.rest));
            self.counts.repairs += 1;
        }
    }
}

/// Orders of a pair before are still out.
fn is_working(desk: &Desk<'_>, spread: &CrossVenueSpread) -> bool {
    let moves = |id| desk.projected_position(id) != desk.position(id);
    moves(spread.buy) || moves(spread.sell)
}

fn send_pair(desk: &mut Desk<'_>, spread: &CrossVenueSpread, quantity: Quantity) -> bool {
    let leg = |id, side, price| OrderRequest {
        time_in_force: TimeInForce::ImmediateOrCancel,
        ..OrderRequest::limit(id, side, quantity, price)
    };
    let legs =
        [leg(spread.buy, Side::Buy, spread.buy_price), leg(spread.sell, Side::Sell, spread.sell_price)];
    // A desk that takes only one leg leaves an imbalance, which is repaired like any other.
    legs.into_iter().filter(|leg| desk.submit(*leg).is_ok()).count() > 0
}

impl Strategy for SpreadCapture {
    fn name(&self) -> &str {
        DOC.name
    }

    #[inline]
    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        if let MarketEvent::Spread(spread) = event {
            self.on_spread(desk, spread);
        } else if let Some(place) = self.place(event.instrument())
            && self.groups[place].is_watched()
        {
            self.repair(desk, place, event.time());
        }
    }
}

#[cfg(test)]
mod tests;
