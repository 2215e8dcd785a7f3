use domain::{
    CorporateTerms, Instrument, Level, MarketEvent, OrderEvent, OrderId, Quantity, Side, Span, TimeInForce,
    Timestamp,
};
use engine::RejectReason;

use super::Matching;
use super::display::Display;
use super::resting::Resting;
use super::rules;
use super::teller::{Offer, Teller};

/// The best kind of data an instrument has had; only that kind fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tape {
    Bars,
    Trades,
    Quotes,
}

/// One instrument: what it displays and what rests on it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) instrument: Instrument,
    pub(super) display: Display,
    pub(super) tape: Tape,
    /// False from an `Invalid` to the next good quote.
    pub(super) is_valid: bool,
    /// The shortest bar that came while orders rested.
    pub(super) bar_period: Option<Span>,
    /// In the order in which they are served.
    pub(super) buys: Vec<Resting>,
    pub(super) sells: Vec<Resting>,
}

impl Slot {
    pub(super) fn new(instrument: Instrument) -> Self {
        Self {
            instrument,
            display: Display::default(),
            tape: Tape::Bars,
            is_valid: true,
            bar_period: None,
            buys: Vec::new(),
            sells: Vec::new(),
        }
    }

    /// Takes in what an event says of the market, without matching.
    #[inline]
    pub(super) fn note(&mut self, event: &MarketEvent) {
        match event {
            MarketEvent::Quote(quote) => {
                self.tape = Tape::Quotes;
                self.display.on_quote(quote);
                self.is_valid |= quote.is_two_sided();
            }
            MarketEvent::Trade(_) => self.tape = self.tape.max(Tape::Trades),
            MarketEvent::Depth(depth) => {
                self.tape = Tape::Quotes;
                self.display.on_depth(depth);
            }
            MarketEvent::Invalid { .. } => self.lose_sight(),
            MarketEvent::Corporate(action) if matches!(action.terms, CorporateTerms::Split(_)) => {
                self.lose_sight()
            }
            MarketEvent::Bar(_)
            | MarketEvent::Spread(_)
            | MarketEvent::Pair(_)
            | MarketEvent::Regime(_)
            | MarketEvent::Corporate(_) => {}
        }
    }

    fn lose_sight(&mut self) {
        self.display.clear();
        self.is_valid = self.tape != Tape::Quotes;
    }

    /// Takes in an event and matches what rests against it.
    pub(super) fn meet(&mut self, event: &MarketEvent, teller: &mut Teller) {
        self.note(event);
        if self.buys.is_empty() && self.sells.is_empty() {
            return;
        }
        match event {
            MarketEvent::Quote(_) | MarketEvent::Depth(_) => rules::on_display(self, teller),
            MarketEvent::Trade(trade) => rules::on_trade(self, trade, teller),
            MarketEvent::Bar(bar) => rules::on_bar(self, bar, teller),
            MarketEvent::Corporate(action) if matches!(action.terms, CorporateTerms::Split(_)) => {
                self.end_all(teller, OrderEvent::Cancelled, Some(Matching::SPLIT), |_| true);
            }
            MarketEvent::Spread(_)
            | MarketEvent::Pair(_)
            | MarketEvent::Regime(_)
            | MarketEvent::Corporate(_)
            | MarketEvent::Invalid { .. } => {}
        }
    }

    /// An order has arrived: it takes what is displayed, and the rest of it rests.
    pub(super) fn take_order(&mut self, mut order: Resting, teller: &mut Teller) {
        teller.accept(order.id);
        teller.enrol(&order);
        if self.tape != Tape::Quotes || self.take_displayed(&mut order, teller) {
            self.rest(order);
        }
    }

    pub(super) fn rest(&mut self, order: Resting) {
        let queue = self.queue(order.side);
        let place = queue.partition_point(|resting| resting.precedes(&order));
        queue.insert(place, order);
    }

    /// Serves an order from what is displayed. Whether it still stands.
    pub(super) fn take_displayed(&mut self, order: &mut Resting, teller: &mut Teller) -> bool {
        let time = teller.now();
        let wanted = order.remaining;
        if order.time_in_force == TimeInForce::FillOrKill && self.on_offer(order, teller) < wanted {
            return rules::kill(order, teller);
        }
        let is_taker = order.is_new || order.limit.is_none();
        let liquidity = if is_taker { domain::Liquidity::Taker } else { domain::Liquidity::Maker };
        order.is_new = false;
        while let Some(level) = self.best_offer(order, teller) {
            let quantity = level.quantity.min(order.remaining);
            let price = if is_taker { level.price } else { order.limit.unwrap_or(level.price) };
            self.display.take(order.side, quantity);
            if !teller.fill(&self.instrument, order, quantity, Offer { price, liquidity, time }) {
                return false;
            }
        }
        rules::rest_or_kill(order, teller)
    }

    fn best_offer(&self, order: &Resting, teller: &Teller) -> Option<Level> {
        self.offers(order, teller).next()
    }

    fn on_offer(&self, order: &Resting, teller: &Teller) -> Quantity {
        let sum =
            self.offers(order, teller).fold(0i128, |sum, level| sum.saturating_add(level.quantity.raw()));
        Quantity::from_raw(sum)
    }

    fn offers(&self, order: &Resting, teller: &Teller) -> impl Iterator<Item = Level> {
        let order = *order;
        let trusted = self.is_valid;
        self.display
            .offers(order.side, teller.config.book_share, self.instrument.quantity_step)
            .take_while(move |level| trusted && order.accepts(level.price))
    }

    pub(super) fn queue(&mut self, side: Side) -> &mut Vec<Resting> {
        match side {
            Side::Buy => &mut self.buys,
            Side::Sell => &mut self.sells,
        }
    }

    pub(super) fn cancel(&mut self, id: OrderId, teller: &mut Teller) {
        self.end_all(teller, OrderEvent::Cancelled, None, |order| order.id == id);
    }

    /// Ends the day orders whose time has come; the others keep the teller watching.
    pub(super) fn expire(&mut self, end: Timestamp, teller: &mut Teller) {
        self.end_all(teller, OrderEvent::Expired, None, |order| order.expires <= end);
        self.buys.iter().chain(&self.sells).for_each(|order| teller.watch(order));
    }

    fn end_all(
        &mut self,
        teller: &mut Teller,
        event: OrderEvent,
        reason: Option<RejectReason>,
        ends: impl Fn(&Resting) -> bool,
    ) {
        for queue in [&mut self.buys, &mut self.sells] {
            queue.retain(|order| {
                let stays = !ends(order);
                if !stays {
                    teller.end(order.id, event, reason);
                }
                stays
            });
        }
    }
}
