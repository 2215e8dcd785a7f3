use domain::{Bar, BarRule, InstrumentId, Price, Quantity, Timestamp, Trade};

use super::gauge::Gauge;
use super::ticks::{self, Ticked};

/// Builds the bars of one instrument that trades fill: so many trades, so much volume or value, or an imbalance.
///
/// Trades count in the order in which they come, so none is late: every trade is in exactly one bar, the one that
/// was open when it came. The times of bars never go back; a trade with an older time counts at the newest.
#[derive(Debug, Clone)]
pub struct FilledBars {
    gauge: Gauge,
    /// Meaningful while `is_open`.
    bar: Bar,
    is_open: bool,
    newest: Timestamp,
    refused: u64,
}

impl FilledBars {
    /// `None` for a rule of the clock, or one whose size is not above zero.
    #[must_use]
    pub fn new(instrument: InstrumentId, rule: BarRule) -> Option<Self> {
        let gauge = Gauge::of(rule)?;
        let bar = ticks::empty(instrument, rule);
        Some(Self { gauge, bar, is_open: false, newest: Timestamp::MIN, refused: 0 })
    }

    /// Adds a trade. The bar that it fills.
    #[inline]
    pub fn on_trade(&mut self, trade: &Trade) -> Option<Bar> {
        self.take(trade.venue_time, trade.price, trade.quantity).ended()
    }

    /// Adds a tick. One with a negative quantity, or that overflows a sum, is refused and counted, and changes
    /// nothing.
    #[inline]
    pub fn take(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Ticked {
        let volume = if self.is_open { self.bar.volume } else { Quantity::ZERO };
        if quantity.is_negative() || volume.checked_add(quantity).is_none() {
            return self.refuse();
        }
        let Some(is_full) = self.gauge.take(price, quantity) else { return self.refuse() };
        self.newest = self.newest.max(time);
        let opens = !self.is_open;
        if opens {
            self.open(price, quantity);
        } else {
            ticks::add(&mut self.bar, price, quantity);
        }
        self.bar.close_time = self.newest;
        self.is_open = !is_full;
        match (is_full, opens) {
            (true, _) => Ticked::Filled(self.bar),
            (false, true) => Ticked::Opened(None),
            (false, false) => Ticked::Taken,
        }
    }

    /// The open bar as it stands.
    #[must_use]
    pub fn current(&self) -> Option<&Bar> {
        self.is_open.then_some(&self.bar)
    }

    /// Ticks left out because their quantity, or a sum with it, was out of range.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Puts other figures into the open bar. What has filled it so far stays counted.
    pub(super) const fn amend(&mut self, bar: Bar) {
        self.bar = bar;
    }

    fn open(&mut self, price: Price, quantity: Quantity) {
        let is_again = self.bar.open_time == self.newest && self.newest > Timestamp::MIN;
        self.bar.number = if is_again { self.bar.number.saturating_add(1) } else { 0 };
        self.bar.open_time = self.newest;
        ticks::start(&mut self.bar, price, quantity);
    }

    #[cold]
    const fn refuse(&mut self) -> Ticked {
        self.refused += 1;
        Ticked::Refused
    }
}
