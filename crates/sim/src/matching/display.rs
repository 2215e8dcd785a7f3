use std::sync::Arc;

use domain::{Depth, Level, Quote, Side, Timestamp};
use domain::{Quantity, Rate};

/// What an instrument displays, and how much of it our own orders have taken.
#[derive(Debug, Default)]
pub(super) struct Display {
    bid: Level,
    ask: Level,
    time: Timestamp,
    depth: Option<Arc<Depth>>,
    /// Taken from the bids and from the asks, counted from the best level.
    taken_bids: Quantity,
    taken_asks: Quantity,
}

impl Display {
    /// A quote states what is there now: all that was taken before is forgotten. A crossed one displays nothing.
    #[inline]
    pub(super) fn on_quote(&mut self, quote: &Quote) {
        let both = quote.bid.quantity.is_positive() && quote.ask.quantity.is_positive();
        if both && quote.bid.price >= quote.ask.price {
            return self.clear();
        }
        (self.bid, self.ask, self.time) = (quote.bid, quote.ask, quote.receive_time);
        (self.taken_bids, self.taken_asks) = (Quantity::ZERO, Quantity::ZERO);
    }

    /// Takes the levels below the top; the top as well, where they are newer than the quote.
    pub(super) fn on_depth(&mut self, depth: &Arc<Depth>) {
        if depth.receive_time < self.time {
            return;
        }
        if depth.receive_time > self.time {
            self.bid = depth.bids.first().copied().unwrap_or_default();
            self.ask = depth.asks.first().copied().unwrap_or_default();
            self.time = depth.receive_time;
            (self.taken_bids, self.taken_asks) = (Quantity::ZERO, Quantity::ZERO);
        }
        self.depth = Some(Arc::clone(depth));
    }

    pub(super) fn clear(&mut self) {
        *self = Self { time: self.time, ..Self::default() };
    }

    /// The best level that an order of `side` would meet; `None` where nothing is displayed.
    #[inline]
    pub(super) fn best_for(&self, side: Side) -> Option<Level> {
        let level = match side {
            Side::Buy => self.ask,
            Side::Sell => self.bid,
        };
        level.quantity.is_positive().then_some(level)
    }

    /// What is left for an order of `side`, best price first, each level to `share` and in whole `step`s.
    pub(super) fn offers(&self, side: Side, share: Rate, step: Quantity) -> impl Iterator<Item = Level> {
        let top = self.best_for(side);
        let deeper =
            self.deeper(side).iter().filter(move |level| top.is_some_and(|top| is_worse(side, level, &top)));
        let mut taken = self.taken(side);
        top.into_iter().chain(deeper.copied()).filter_map(move |level| {
            let usable = share_of(level.quantity, share).truncate_to(step);
            let gone = usable.min(taken);
            taken = minus(taken, gone);
            let left = minus(usable, gone);
            left.is_positive().then_some(Level { price: level.price, quantity: left })
        })
    }

    /// Counts `quantity` as taken by an order of `side`.
    pub(super) fn take(&mut self, side: Side, quantity: Quantity) {
        let taken = match side {
            Side::Buy => &mut self.taken_asks,
            Side::Sell => &mut self.taken_bids,
        };
        *taken = Quantity::from_raw(taken.raw().saturating_add(quantity.raw()));
    }

    const fn taken(&self, side: Side) -> Quantity {
        match side {
            Side::Buy => self.taken_asks,
            Side::Sell => self.taken_bids,
        }
    }

    fn deeper(&self, side: Side) -> &[Level] {
        let Some(depth) = &self.depth else { return &[] };
        match side {
            Side::Buy => &depth.asks,
            Side::Sell => &depth.bids,
        }
    }
}

fn is_worse(side: Side, level: &Level, top: &Level) -> bool {
    match side {
        Side::Buy => level.price > top.price,
        Side::Sell => level.price < top.price,
    }
}

/// Neither is negative, so the difference is in range.
const fn minus(left: Quantity, right: Quantity) -> Quantity {
    Quantity::from_raw(left.raw().saturating_sub(right.raw()))
}

/// `share` of a quantity, truncated at nine decimals; everything from a share of one.
pub(super) fn share_of(quantity: Quantity, share: Rate) -> Quantity {
    if share.raw() >= Rate::SCALE {
        return quantity;
    }
    let scale = i128::from(Rate::SCALE);
    let (whole, rest) = (quantity.raw() / scale, quantity.raw() % scale);
    let factor = i128::from(share.raw().max(0));
    Quantity::from_raw(whole.saturating_mul(factor).saturating_add(rest * factor / scale))
}
