use std::collections::VecDeque;

use domain::{Bar, Timestamp, Trade};

use super::tape::{Extent, Print, Tape};
use super::ticks;

/// What is kept so that bars can be told anew. With it a trade that comes after its bar was told, or that is
/// corrected or taken back, makes the bar be told once more under the next revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisionLimits {
    /// Trades kept of each instrument; a bar can be amended while all of its own are kept.
    pub trades: usize,
    /// Bars kept of each instrument and rule.
    pub bars: usize,
}

/// The latest bars told of one instrument and rule. The very first is not among them: it may be the part of a bar
/// that was left when the program began in its midst.
#[derive(Debug, Clone)]
pub(super) struct Told {
    bars: VecDeque<Closed>,
    limit: usize,
    /// The number of the open bar's first print.
    open_from: u64,
    began: bool,
    /// Whether trades end the bars.
    is_filled: bool,
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    bar: Bar,
    first: u64,
    last: u64,
}

impl Told {
    pub(super) const fn new(limit: usize, is_filled: bool) -> Self {
        Self { bars: VecDeque::new(), limit, open_from: 0, began: false, is_filled }
    }

    /// A bar opens with the print of that number.
    pub(super) const fn open(&mut self, number: u64) {
        self.open_from = number;
    }

    /// A bar was told; its last print that came in time has that number.
    pub(super) fn close(&mut self, bar: &Bar, last: u64) {
        if !std::mem::replace(&mut self.began, true) {
            return;
        }
        if self.bars.len() >= self.limit {
            self.bars.pop_front();
        }
        if self.limit > 0 {
            self.bars.push_back(Closed { bar: *bar, first: self.open_from, last });
        }
    }

    /// The bar that a late trade belongs to, with it. `None` when that bar is not kept.
    pub(super) fn take_late(&mut self, trade: &Trade) -> Option<Bar> {
        let closed = self.bars.iter_mut().rev().find(|closed| holds(&closed.bar, trade.venue_time))?;
        let mut bar = closed.bar;
        if !ticks::add(&mut bar, trade.price, trade.quantity) {
            return None;
        }
        if closed.bar.trades > 0 {
            bar.close = closed.bar.close;
        }
        Some(closed.revise(bar))
    }

    /// The told bar that holds the print, built anew. `Ok(None)` when nothing of it changes.
    ///
    /// # Errors
    /// When the bar, or one of its prints, is not kept.
    pub(super) fn amend(&mut self, number: u64, print: &Print, tape: &Tape) -> Result<Option<Bar>, NotKept> {
        let is_filled = self.is_filled;
        let found = self.bars.iter_mut().rev().find(|closed| match is_filled {
            true => closed.first <= number && number <= closed.last,
            false => holds(&closed.bar, print.time),
        });
        let closed = found.ok_or(NotKept)?;
        let bar = tape.rebuild(&closed.bar, &closed.extent(is_filled)).ok_or(NotKept)?;
        Ok((bar != closed.bar).then(|| closed.revise(bar)))
    }

    /// The open bar, built anew, if it holds the print.
    ///
    /// # Errors
    /// When one of its prints is not kept.
    pub(super) fn amend_open(
        &self,
        open: &Bar,
        (number, print): (u64, &Print),
        tape: &Tape,
    ) -> Result<Option<Bar>, NotKept> {
        if number < self.open_from || (!self.is_filled && !holds(open, print.time)) {
            return Ok(None);
        }
        let extent = Extent {
            first: self.open_from,
            last: tape.newest(),
            window: (!self.is_filled).then_some((open.open_time, open.close_time)),
        };
        tape.rebuild(open, &extent).map(Some).ok_or(NotKept)
    }
}

/// What is needed to build a bar anew was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotKept;

impl Closed {
    fn revise(&mut self, bar: Bar) -> Bar {
        self.bar = Bar { revision: bar.revision.saturating_add(1), ..bar };
        self.bar
    }

    fn extent(&self, is_filled: bool) -> Extent {
        let window = (!is_filled).then_some((self.bar.open_time, self.bar.close_time));
        Extent { first: self.first, last: self.last, window }
    }
}

fn holds(bar: &Bar, time: Timestamp) -> bool {
    bar.open_time <= time && time < bar.close_time
}
