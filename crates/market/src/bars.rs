//! Time bars from trades, quotes and shorter bars. A bar covers `[open_time, open_time + period)`: a tick on the
//! boundary belongs to the later bar. Periods are counted from the epoch, UTC; there are no empty bars.
//!
//! Ticks are placed by the **venue's time**: a bar says what happened in the market in that minute, and a replay
//! over another connection builds the same bar. The price is that a venue which steps its clock back makes ticks
//! late: they are counted and left out, for a bar once emitted never changes.

mod quote_bars;
mod resample;
mod set;
mod time_bars;
mod window;

pub use quote_bars::{Ohlc, QuoteBar, QuoteBars};
pub use resample::Resampler;
pub use set::BarSet;
pub use time_bars::TimeBars;

#[cfg(test)]
mod tests;
