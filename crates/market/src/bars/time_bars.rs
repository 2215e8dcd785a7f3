use domain::{Bar, BarPeriod, InstrumentId, Price, Quantity, Timestamp, Trade};

use super::window::{Place, Window};

/// Builds the bars of one instrument and one period from ticks.
#[derive(Debug, Clone)]
pub struct TimeBars {
    window: Window,
    /// Meaningful while the window is open.
    bar: Bar,
    late: u64,
    refused: u64,
}

impl TimeBars {
    #[must_use]
    pub const fn new(instrument: InstrumentId, period: BarPeriod) -> Self {
        let bar = Bar {
            instrument,
            trades: 0,
            period,
            open_time: Timestamp::MIN,
            open: Price::ZERO,
            high: Price::ZERO,
            low: Price::ZERO,
            close: Price::ZERO,
            volume: Quantity::ZERO,
        };
        Self { window: Window::FRESH, bar, late: 0, refused: 0 }
    }

    /// Adds a trade at its venue's time. The finished bar, when the trade falls into a later one.
    #[inline]
    pub fn on_trade(&mut self, trade: &Trade) -> Option<Bar> {
        self.on_price(trade.venue_time, trade.price, trade.quantity)
    }

    /// Adds a tick; for bars of quotes, of midpoints for example, the quantity may be zero. A tick before the open
    /// bar is late; one with a negative quantity, or that overflows the volume, is refused; both are counted and
    /// change nothing.
    #[inline]
    pub fn on_price(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Option<Bar> {
        if self.window.holds(time) {
            self.add(price, quantity);
            return None;
        }
        self.place(time, price, quantity)
    }

    /// Closes the open bar if its end has passed. Without it a bar waits for the next tick.
    pub fn flush(&mut self, now: Timestamp) -> Option<Bar> {
        if !self.window.is_over(now) {
            return None;
        }
        self.window = self.window.closed();
        Some(self.bar)
    }

    /// The open bar as it stands.
    #[must_use]
    pub fn current(&self) -> Option<&Bar> {
        self.window.is_open().then_some(&self.bar)
    }

    /// Ticks left out because their bar was closed.
    #[must_use]
    pub const fn late(&self) -> u64 {
        self.late
    }

    /// Ticks left out because their quantity or time was out of range.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    #[inline]
    fn add(&mut self, price: Price, quantity: Quantity) {
        let volume = self.bar.volume.checked_add(quantity);
        let (Some(volume), false) = (volume, quantity.is_negative()) else {
            self.refused += 1;
            return;
        };
        let bar = &mut self.bar;
        bar.volume = volume;
        bar.high = bar.high.max(price);
        bar.low = bar.low.min(price);
        bar.close = price;
        bar.trades = bar.trades.saturating_add(1);
    }

    #[cold]
    fn place(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Option<Bar> {
        match self.window.place(time, self.bar.period) {
            Place::Later(window) if !quantity.is_negative() => {
                let finished = self.window.is_open().then_some(self.bar);
                self.open(window, price, quantity);
                finished
            }
            Place::Late => {
                self.late += 1;
                None
            }
            Place::Inside | Place::Later(_) | Place::OutOfRange => {
                self.refused += 1;
                None
            }
        }
    }

    fn open(&mut self, window: Window, price: Price, quantity: Quantity) {
        self.window = window;
        self.bar = Bar {
            trades: 1,
            open_time: window.start(),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: quantity,
            ..self.bar
        };
    }
}
