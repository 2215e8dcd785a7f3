//! Pure transforms of market data: order books from updates, bars from ticks, spreads across venues, of pairs
//! and of bid and ask, the best of many exchanges, staleness marks, indicators, and the calendars of exchanges.
//!
//! This crate is no feed and no store: it opens no connection, reads no clock and keeps no history. It does not
//! know who its customers are either; what it finds goes back to the caller as a value or through a callback.

pub mod bars;
pub mod book;
pub mod calendar;
pub mod indicator;
pub mod inspection;
pub mod nbbo;
pub mod pairs;
pub mod quality;
pub mod regime;
pub mod spread;

pub use bars::{
    BarCounts, BarSet, FilledBars, Ohlc, QuoteBar, QuoteBars, Resampler, RevisionLimits, Ticked, TimeBars,
};
pub use book::{
    Book, BookBuilder, BookChange, BookCounts, BookRules, ChecksumRule, IgnoreReason, SequenceRule, TopOfBook,
};
pub use calendar::{Calendar, Day, DayKind, Session, UnknownCalendar, Weekday};
pub use indicator::{Ema, Sma};
pub use inspection::Inspection;
pub use nbbo::{Nbbo, NbboCounts};
pub use pairs::{PairDetector, PairError, PairLimits, RollingRegression};
pub use quality::Staleness;
pub use regime::{RegimeDetector, RegimeError, RegimeLimits};
pub use spread::{CrossVenueDetector, GroupError, SpreadLimits};
