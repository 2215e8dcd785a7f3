use domain::{Amendment, Bar, Timestamp, Trade};

use super::filled_bars::FilledBars;
use super::revision::{NotKept, RevisionLimits, Told};
use super::tape::{Print, Tape};
use super::ticks::Ticked;
use super::time_bars::TimeBars;

/// What is kept of one instrument so that its bars can be told anew.
#[derive(Debug, Clone)]
pub(super) struct History {
    tape: Tape,
    /// One a rule, in the order of the builders.
    timed: Vec<Told>,
    filled: Vec<Told>,
}

/// Counts of a whole set, see [`super::BarCounts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) revised: u64,
    pub(super) left_out: u64,
    pub(super) unmatched: u64,
}

impl Tally {
    fn revised(&mut self, bar: Option<Bar>, emit: &mut impl FnMut(Bar)) {
        match bar {
            Some(bar) => {
                self.revised += 1;
                emit(bar);
            }
            None => self.left_out += 1,
        }
    }
}

impl History {
    pub(super) fn new(limits: RevisionLimits, timed: usize, filled: usize) -> Self {
        Self {
            tape: Tape::new(limits.trades),
            timed: vec![Told::new(limits.bars, false); timed],
            filled: vec![Told::new(limits.bars, true); filled],
        }
    }

    /// Adds the trade to the tape and to the builders.
    #[inline]
    pub(super) fn ended_by(
        &mut self,
        row: &mut [TimeBars],
        trade: &Trade,
        tally: &mut Tally,
        emit: &mut impl FnMut(Bar),
    ) {
        let number = self.tape.push(trade);
        for (bars, told) in row.iter_mut().zip(&mut self.timed) {
            match bars.take(trade.venue_time, trade.price, trade.quantity) {
                Ticked::Taken | Ticked::Refused => {}
                Ticked::Opened(ended) => {
                    if let Some(bar) = ended {
                        told.close(&bar, number - 1);
                        emit(bar);
                    }
                    told.open(number);
                }
                Ticked::Filled(bar) => emit(bar),
                Ticked::Late => tally.revised(told.take_late(trade), emit),
            }
        }
    }

    /// Adds the trade, which is on the tape, to the builders.
    #[inline]
    pub(super) fn filled_by(&mut self, row: &mut [FilledBars], trade: &Trade, emit: &mut impl FnMut(Bar)) {
        let number = self.tape.newest();
        for (bars, told) in row.iter_mut().zip(&mut self.filled) {
            match bars.take(trade.venue_time, trade.price, trade.quantity) {
                Ticked::Opened(_) => told.open(number),
                Ticked::Filled(bar) => {
                    if bar.trades == 1 {
                        told.open(number);
                    }
                    told.close(&bar, number);
                    emit(bar);
                }
                Ticked::Taken | Ticked::Late | Ticked::Refused => {}
            }
        }
    }

    pub(super) fn flush(&mut self, row: &mut [TimeBars], now: Timestamp, emit: &mut impl FnMut(Bar)) {
        for (bars, told) in row.iter_mut().zip(&mut self.timed) {
            if let Some(bar) = bars.flush(now) {
                told.close(&bar, self.tape.newest());
                emit(bar);
            }
        }
    }

    pub(super) fn amend(
        &mut self,
        amendment: &Amendment,
        timed: &mut [TimeBars],
        filled: &mut [FilledBars],
        tally: &mut Tally,
        emit: &mut impl FnMut(Bar),
    ) {
        let Some((number, print)) = self.tape.amend(amendment) else {
            tally.unmatched += 1;
            return;
        };
        let Self { tape, timed: timed_told, filled: filled_told } = self;
        for (bars, told) in timed.iter_mut().zip(timed_told) {
            let open = bars.current().copied();
            if let Some(bar) = amend(told, open, (number, &print), tape, tally, emit) {
                bars.amend(bar);
            }
        }
        for (bars, told) in filled.iter_mut().zip(filled_told) {
            let open = bars.current().copied();
            if let Some(bar) = amend(told, open, (number, &print), tape, tally, emit) {
                bars.amend(bar);
            }
        }
    }
}

/// Amends one print in the bars of one rule. The open bar with other figures, if it holds the print.
fn amend(
    told: &mut Told,
    open: Option<Bar>,
    (number, print): (u64, &Print),
    tape: &Tape,
    tally: &mut Tally,
    emit: &mut impl FnMut(Bar),
) -> Option<Bar> {
    let in_open = match open {
        Some(open) => told.amend_open(&open, (number, print), tape),
        None => Ok(None),
    };
    match in_open {
        Ok(Some(bar)) => return Some(bar),
        Err(NotKept) => tally.left_out += 1,
        Ok(None) => match told.amend(number, print, tape) {
            Ok(None) => {}
            Ok(Some(bar)) => tally.revised(Some(bar), emit),
            Err(NotKept) => tally.revised(None, emit),
        },
    }
    None
}
