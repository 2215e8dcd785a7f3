use domain::{BarPeriod, InstrumentId, Price, Quote, Timestamp};

use super::window::{Frame, Place, Window};

/// First, highest, lowest and last of a series of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ohlc {
    pub open: Price,
    pub high: Price,
    pub low: Price,
    pub close: Price,
}

impl Ohlc {
    /// All four at one price.
    #[must_use]
    pub const fn at(price: Price) -> Self {
        Self { open: price, high: price, low: price, close: price }
    }

    #[inline]
    fn add(&mut self, price: Price) {
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
    }

    fn join(&mut self, later: &Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
    }
}

/// The bids and the asks of `[open_time, open_time + period)`, each opened by the first quote in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteBar {
    pub instrument: InstrumentId,
    pub period: BarPeriod,
    pub open_time: Timestamp,
    pub bid: Ohlc,
    pub ask: Ohlc,
    /// How many quotes made the bar; stops at its maximum.
    pub quotes: u32,
}

/// Builds the quote bars of one instrument and one period.
#[derive(Debug, Clone)]
pub struct QuoteBars {
    window: Window,
    /// Meaningful while the window is open.
    bar: QuoteBar,
    late: u64,
    refused: u64,
}

impl QuoteBars {
    #[must_use]
    pub const fn new(instrument: InstrumentId, period: BarPeriod) -> Self {
        let nothing = Ohlc::at(Price::ZERO);
        let bar =
            QuoteBar { instrument, period, open_time: Timestamp::MIN, bid: nothing, ask: nothing, quotes: 0 };
        Self { window: Window::FRESH, bar, late: 0, refused: 0 }
    }

    /// Adds a quote at its venue's time. The finished bar, when the quote falls into a later one. A quote without
    /// both sides is refused and counted.
    #[inline]
    pub fn on_quote(&mut self, quote: &Quote) -> Option<QuoteBar> {
        if !quote.bid.quantity.is_positive() || !quote.ask.quantity.is_positive() {
            self.refused += 1;
            return None;
        }
        self.on_prices(quote.venue_time, quote.bid.price, quote.ask.price)
    }

    /// Adds a bid and an ask of a source that tells no sizes.
    #[inline]
    pub fn on_prices(&mut self, time: Timestamp, bid: Price, ask: Price) -> Option<QuoteBar> {
        if !self.window.holds(time) {
            return self.place(time, bid, ask);
        }
        self.bar.bid.add(bid);
        self.bar.ask.add(ask);
        self.bar.quotes = self.bar.quotes.saturating_add(1);
        None
    }

    /// Joins a shorter bar, in the order of time. One across the boundary of two bars is refused.
    pub fn on_bar(&mut self, bar: &QuoteBar) -> Option<QuoteBar> {
        let ends_in = |window: Window| bar.open_time.plus(bar.period.span()) <= window.end();
        match self.window.place(bar.open_time, Frame::Period(self.bar.period)) {
            Place::Inside if ends_in(self.window) => {
                self.bar.bid.join(&bar.bid);
                self.bar.ask.join(&bar.ask);
                self.bar.quotes = self.bar.quotes.saturating_add(bar.quotes);
                None
            }
            Place::Later(window) if ends_in(window) => {
                let finished = self.window.is_open().then_some(self.bar);
                self.window = window;
                self.bar = QuoteBar { period: self.bar.period, open_time: window.start(), ..*bar };
                finished
            }
            Place::Late => {
                self.late += 1;
                None
            }
            Place::Inside | Place::Later(_) | Place::Nowhere => {
                self.refused += 1;
                None
            }
        }
    }

    /// Closes the open bar if its end has passed.
    pub fn flush(&mut self, now: Timestamp) -> Option<QuoteBar> {
        if !self.window.is_over(now) {
            return None;
        }
        self.window = self.window.closed();
        Some(self.bar)
    }

    /// The open bar as it stands.
    #[must_use]
    pub fn current(&self) -> Option<&QuoteBar> {
        self.window.is_open().then_some(&self.bar)
    }

    /// Quotes left out because their bar was closed.
    #[must_use]
    pub const fn late(&self) -> u64 {
        self.late
    }

    /// Quotes left out because a side was empty or their time out of range.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    #[cold]
    fn place(&mut self, time: Timestamp, bid: Price, ask: Price) -> Option<QuoteBar> {
        match self.window.place(time, Frame::Period(self.bar.period)) {
            Place::Later(window) => {
                let finished = self.window.is_open().then_some(self.bar);
                let (bid, ask) = (Ohlc::at(bid), Ohlc::at(ask));
                self.window = window;
                self.bar = QuoteBar { open_time: window.start(), bid, ask, quotes: 1, ..self.bar };
                finished
            }
            Place::Late => {
                self.late += 1;
                None
            }
            Place::Inside | Place::Nowhere => {
                self.refused += 1;
                None
            }
        }
    }
}
