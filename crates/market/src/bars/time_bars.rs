use domain::{Bar, BarPeriod, InstrumentId, Price, Quantity, Timestamp, Trade};

use super::ticks::{self, Ticked};
use super::window::{Frame, Place, Window};
use crate::calendar::Calendar;

/// Builds the bars of one instrument that the clock ends: those of one period, or those of sessions.
#[derive(Debug, Clone)]
pub struct TimeBars {
    window: Window,
    frame: Frame,
    /// Meaningful while the window is open.
    bar: Bar,
    late: u64,
    refused: u64,
}

impl TimeBars {
    #[must_use]
    pub const fn new(instrument: InstrumentId, period: BarPeriod) -> Self {
        Self::framed(instrument, Frame::Period(period))
    }

    /// A bar a session; ticks outside of sessions are refused.
    #[must_use]
    pub const fn of_sessions(instrument: InstrumentId, calendar: Calendar) -> Self {
        Self::framed(instrument, Frame::Sessions(calendar))
    }

    const fn framed(instrument: InstrumentId, frame: Frame) -> Self {
        let bar = ticks::empty(instrument, frame.rule());
        Self { window: Window::FRESH, frame, bar, late: 0, refused: 0 }
    }

    /// Adds a trade at its venue's time. The finished bar, when the trade falls into a later one.
    #[inline]
    pub fn on_trade(&mut self, trade: &Trade) -> Option<Bar> {
        self.on_price(trade.venue_time, trade.price, trade.quantity)
    }

    /// Adds a tick; for bars of quotes, of midpoints for example, the quantity may be zero. See [`TimeBars::take`].
    #[inline]
    pub fn on_price(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Option<Bar> {
        self.take(time, price, quantity).ended()
    }

    /// Adds a tick. One before the open bar is late; one with a negative quantity, or that overflows the volume,
    /// is refused; both are counted and change nothing.
    #[inline]
    pub fn take(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Ticked {
        if !self.window.holds(time) {
            return self.place(time, price, quantity);
        }
        if ticks::add(&mut self.bar, price, quantity) {
            return Ticked::Taken;
        }
        self.refused += 1;
        Ticked::Refused
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

    /// Ticks left out because their quantity or time was out of range, or the market closed.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Puts other figures into the open bar.
    pub(super) const fn amend(&mut self, bar: Bar) {
        self.bar = bar;
    }

    #[cold]
    fn place(&mut self, time: Timestamp, price: Price, quantity: Quantity) -> Ticked {
        match self.window.place(time, self.frame) {
            Place::Later(window) if !quantity.is_negative() => {
                let finished = self.window.is_open().then_some(self.bar);
                self.window = window;
                (self.bar.open_time, self.bar.close_time) = (window.start(), window.end());
                ticks::start(&mut self.bar, price, quantity);
                Ticked::Opened(finished)
            }
            Place::Late => {
                self.late += 1;
                Ticked::Late
            }
            Place::Inside | Place::Later(_) | Place::Nowhere => {
                self.refused += 1;
                Ticked::Refused
            }
        }
    }
}
