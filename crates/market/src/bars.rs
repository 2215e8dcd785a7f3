//! Bars from trades, quotes and shorter bars, by the rules of [`domain::BarRule`].
//!
//! *Bars of time and of sessions* cover `[open_time, close_time)`: a tick on the boundary belongs to the later bar.
//! Periods are counted from the epoch, UTC; sessions are those of the instrument's calendar, and ticks outside of
//! them are in no session's bar. There are no empty bars. Ticks are placed by the **venue's time**: a bar says what
//! happened in the market in that minute, and a replay over another connection builds the same bar.
//!
//! *Bars that trades fill* end with the trade that reaches the size: a trade is never cut in two, so that a bar may
//! hold more than was asked for. Trades count in the order in which they come.
//!
//! *Late and amended trades.* A trade whose bar of time or session was told already is late, and counted. Without
//! revisions it is left out. With them its bar is told anew with the next revision number: the trade counts in high,
//! low, volume and trades, and open and close stay, as the consolidated tape has it for sales out of sequence. A
//! trade that its venue corrects or takes back is changed in the bar it was counted in, whatever the rule; where
//! bars begin and end stays, so that a bar may end up below its size. What cannot be mended, because the bar or one
//! of its trades is no longer kept, is counted.
//!
//! *Imbalance bars*: the convention is in `imbalance.rs`.

mod filled_bars;
mod gauge;
mod history;
mod imbalance;
mod quote_bars;
mod resample;
mod revision;
mod set;
mod tape;
mod ticks;
mod time_bars;
mod window;

pub use filled_bars::FilledBars;
pub use quote_bars::{Ohlc, QuoteBar, QuoteBars};
pub use resample::Resampler;
pub use revision::RevisionLimits;
pub use set::{BarCounts, BarSet};
pub use ticks::Ticked;
pub use time_bars::TimeBars;

#[cfg(test)]
mod tests;
