use domain::{Bar, BarPeriod, InstrumentId, Timestamp};

use super::window::{Frame, Place, Window};
use crate::calendar::Calendar;

/// Joins the bars of one instrument into longer ones. The longer bar is emitted with the shorter one that reaches
/// its end, or else by the next that lies past it.
#[derive(Debug, Clone)]
pub struct Resampler {
    instrument: InstrumentId,
    frame: Frame,
    window: Window,
    /// Present exactly while the window is open.
    joined: Option<Bar>,
    /// The end of the last bar taken: what opens before it was told already.
    taken_until: Timestamp,
    late: u64,
    refused: u64,
}

impl Resampler {
    #[must_use]
    pub const fn new(instrument: InstrumentId, period: BarPeriod) -> Self {
        Self::framed(instrument, Frame::Period(period))
    }

    /// A bar a session; bars outside of sessions are refused.
    #[must_use]
    pub const fn of_sessions(instrument: InstrumentId, calendar: Calendar) -> Self {
        Self::framed(instrument, Frame::Sessions(calendar))
    }

    const fn framed(instrument: InstrumentId, frame: Frame) -> Self {
        Self {
            instrument,
            frame,
            window: Window::FRESH,
            joined: None,
            taken_until: Timestamp::MIN,
            late: 0,
            refused: 0,
        }
    }

    /// Adds the next shorter bar. One that opens before the end of the bar taken last is late, as one told anew is;
    /// one of another instrument, one that trades fill, one across the boundary of two longer bars, or past the range
    /// of the volume is refused; both are counted and change nothing.
    pub fn on_bar(&mut self, bar: &Bar, emit: &mut impl FnMut(Bar)) {
        if bar.instrument != self.instrument || bar.rule.is_filled() {
            self.refused += 1;
            return;
        }
        if bar.open_time < self.taken_until {
            self.late += 1;
            return;
        }
        let window = match self.window.place(bar.open_time, self.frame) {
            Place::Inside => self.window,
            Place::Later(window) => window,
            Place::Late => return self.late += 1,
            Place::Nowhere => return self.refused += 1,
        };
        if bar.close_time > window.end() {
            self.refused += 1;
            return;
        }
        self.take(window, bar, emit);
    }

    /// Closes the open bar if its end has passed.
    pub fn flush(&mut self, now: Timestamp) -> Option<Bar> {
        if !self.window.is_over(now) {
            return None;
        }
        self.window = self.window.closed();
        self.joined.take()
    }

    /// The open bar as it stands.
    #[must_use]
    pub const fn current(&self) -> Option<&Bar> {
        self.joined.as_ref()
    }

    /// Bars left out because what they cover was told already.
    #[must_use]
    pub const fn late(&self) -> u64 {
        self.late
    }

    /// Bars left out because they do not fit, see [`Resampler::on_bar`].
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn take(&mut self, window: Window, bar: &Bar, emit: &mut impl FnMut(Bar)) {
        if window != self.window
            && let Some(finished) = self.joined.take()
        {
            emit(finished);
        }
        let joined = match &self.joined {
            Some(joined) => join(joined, bar),
            None => Some(Bar {
                rule: self.frame.rule(),
                open_time: window.start(),
                close_time: window.end(),
                ..*bar
            }),
        };
        let Some(joined) = joined else {
            self.refused += 1;
            return;
        };
        self.window = window;
        self.joined = Some(joined);
        self.taken_until = bar.close_time;
        if let Some(finished) = self.flush(self.taken_until) {
            emit(finished);
        }
    }
}

/// `None` when the volume overflows.
fn join(joined: &Bar, bar: &Bar) -> Option<Bar> {
    Some(Bar {
        trades: joined.trades.saturating_add(bar.trades),
        high: joined.high.max(bar.high),
        low: joined.low.min(bar.low),
        close: bar.close,
        volume: joined.volume.checked_add(bar.volume)?,
        ..*joined
    })
}
