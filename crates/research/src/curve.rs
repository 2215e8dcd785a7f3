//! The equity curve: one point a UTC day, and the last moment.

use domain::{Money, Span, Timestamp};
use serde::Serialize;

/// Equity at the end of a day, at the marks of its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EquityPoint {
    pub time: Timestamp,
    pub equity: Money,
}

/// Collects points while a backtest runs; asks for equity once a day, not once an event.
#[derive(Debug, Clone, Default)]
pub struct EquityCurve {
    points: Vec<EquityPoint>,
    day_ends: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl EquityCurve {
    /// Must be called before the event at `time` is handled: when a new day begins, the books still show the
    /// end of the day before.
    #[inline]
    pub fn before(&mut self, time: Timestamp, equity: impl FnOnce() -> Option<Money>) {
        match self.day_ends {
            Some(end) if time < end => {}
            _ => self.begin_day(time, equity),
        }
        self.last = Some(time);
    }

    #[cold]
    fn begin_day(&mut self, time: Timestamp, equity: impl FnOnce() -> Option<Money>) {
        if let (Some(last), Some(equity)) = (self.last, equity()) {
            self.points.push(EquityPoint { time: last, equity });
        }
        self.day_ends = Some(time.floor_to(Span::DAY).plus(Span::DAY));
    }

    /// Takes the last point.
    pub fn finish(&mut self, equity: Option<Money>) {
        if let (Some(time), Some(equity)) = (self.last, equity) {
            self.points.push(EquityPoint { time, equity });
        }
    }

    /// Oldest first.
    #[must_use]
    pub fn points(&self) -> &[EquityPoint] {
        &self.points
    }

    /// Simple returns from the starting equity on, one a point.
    #[must_use]
    pub fn returns(&self, start: Money) -> Vec<f64> {
        let levels =
            std::iter::once(start.to_f64()).chain(self.points.iter().map(|point| point.equity.to_f64()));
        let levels: Vec<f64> = levels.collect();
        levels.windows(2).map(|pair| if pair[0] == 0.0 { 0.0 } else { pair[1] / pair[0] - 1.0 }).collect()
    }
}
