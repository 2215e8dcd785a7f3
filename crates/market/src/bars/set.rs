use domain::{Bar, BarPeriod, InstrumentId, Timestamp, Trade};

use super::TimeBars;

/// The bars of many instruments, each in the same list of periods, in one table that is dense by instrument.
#[derive(Debug, Clone)]
pub struct BarSet {
    periods: Vec<BarPeriod>,
    /// Instrument after instrument, one entry a period.
    bars: Vec<TimeBars>,
    unknown: u64,
}

impl BarSet {
    /// For the instruments with ids `0..instruments`.
    #[must_use]
    pub fn new(instruments: u32, periods: &[BarPeriod]) -> Self {
        let mut set = Self { periods: periods.to_vec(), bars: Vec::new(), unknown: 0 };
        set.cover(instruments);
        set
    }

    /// Grows the table to the instruments with ids `0..instruments`; never shrinks it.
    pub fn cover(&mut self, instruments: u32) {
        let known = self.instrument_count();
        let missing = (known..instruments).map(InstrumentId);
        self.bars.extend(missing.flat_map(|instrument| {
            self.periods.iter().map(move |&period| TimeBars::new(instrument, period))
        }));
    }

    /// Adds a trade to the bars of its instrument and emits those that it finishes. A trade of an instrument that
    /// is not covered is counted and left out.
    #[inline]
    pub fn on_trade(&mut self, trade: &Trade, emit: &mut impl FnMut(Bar)) {
        let width = self.periods.len();
        let start = trade.instrument.index().saturating_mul(width);
        let Some(row) = self.bars.get_mut(start..start.saturating_add(width)) else {
            self.unknown += 1;
            return;
        };
        for bars in row {
            if let Some(bar) = bars.on_trade(trade) {
                emit(bar);
            }
        }
    }

    /// Closes and emits every open bar whose end has passed.
    pub fn flush(&mut self, now: Timestamp, emit: &mut impl FnMut(Bar)) {
        for bars in &mut self.bars {
            if let Some(bar) = bars.flush(now) {
                emit(bar);
            }
        }
    }

    /// The open bar of an instrument, if it has one and the period is in the list.
    #[must_use]
    pub fn current(&self, instrument: InstrumentId, period: BarPeriod) -> Option<&Bar> {
        let column = self.periods.iter().position(|&known| known == period)?;
        let row = instrument.index().checked_mul(self.periods.len())?;
        self.bars.get(row.checked_add(column)?)?.current()
    }

    /// Trades that came after their bar was closed, counted once a period.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.bars.iter().map(TimeBars::late).sum()
    }

    /// Trades refused for their quantity or time, counted once a period, and those of instruments not covered.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.bars.iter().map(TimeBars::refused).sum::<u64>() + self.unknown
    }

    fn instrument_count(&self) -> u32 {
        let rows = self.bars.len().checked_div(self.periods.len()).unwrap_or(0);
        u32::try_from(rows).unwrap_or(u32::MAX)
    }
}
