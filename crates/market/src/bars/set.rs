use domain::{Amendment, Bar, BarRule, InstrumentId, Timestamp, Trade};

use super::filled_bars::FilledBars;
use super::history::{History, Tally};
use super::revision::RevisionLimits;
use super::time_bars::TimeBars;
use crate::calendar::Calendar;

/// What became of trades besides bars, since the set was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BarCounts {
    /// Trades that came after their bar was told, once a rule.
    pub late: u64,
    /// Bars told anew.
    pub revised: u64,
    /// Late or amended trades whose bar was not told anew, because it, or a trade of it, is not kept; once a rule.
    pub left_out: u64,
    /// Amendments of trades that are not kept or bear no id.
    pub unmatched: u64,
    /// Trades refused for their quantity or time, or outside of a session, once a rule; and those of instruments
    /// not covered.
    pub refused: u64,
}

/// The bars of many instruments, each by the same list of rules, in tables that are dense by instrument.
#[derive(Debug, Clone)]
pub struct BarSet {
    timed_rules: Vec<BarRule>,
    filled_rules: Vec<BarRule>,
    /// Instrument after instrument, one builder a rule.
    timed: Vec<TimeBars>,
    filled: Vec<FilledBars>,
    covered: usize,
    revisions: Option<RevisionLimits>,
    /// One an instrument, when bars are told anew.
    histories: Vec<History>,
    tally: Tally,
    unknown: u64,
}

impl BarSet {
    /// For the instruments with ids from zero, one for each calendar. Rules of no size are left out. With revisions,
    /// bars are told anew when trades of them come late or are amended; without, such trades are left out and
    /// counted.
    #[must_use]
    pub fn new(calendars: &[Calendar], rules: &[BarRule], revisions: Option<RevisionLimits>) -> Self {
        let sound = rules.iter().copied().filter(|rule| rule.is_sound());
        let (filled_rules, timed_rules) = sound.partition(|rule| rule.is_filled());
        let mut set = Self {
            timed_rules,
            filled_rules,
            timed: Vec::new(),
            filled: Vec::new(),
            covered: 0,
            revisions,
            histories: Vec::new(),
            tally: Tally::default(),
            unknown: 0,
        };
        set.cover(calendars);
        set
    }

    /// Grows the table to as many instruments as calendars; never shrinks it or changes what it has.
    pub fn cover(&mut self, calendars: &[Calendar]) {
        for (id, calendar) in (0u32..).zip(calendars).skip(self.covered) {
            let id = InstrumentId(id);
            self.timed.extend(self.timed_rules.iter().map(|rule| timed(id, *rule, *calendar)));
            self.filled.extend(self.filled_rules.iter().filter_map(|rule| FilledBars::new(id, *rule)));
            if let Some(limits) = self.revisions {
                self.histories.push(History::new(limits, self.timed_rules.len(), self.filled_rules.len()));
            }
            self.covered += 1;
        }
    }

    /// Adds a trade to the bars of its instrument that the clock ends, and emits those that ended before it. Call
    /// [`BarSet::filled_by`] with the same trade next. A trade of an instrument that is not covered is counted and
    /// left out.
    #[inline]
    pub fn ended_by(&mut self, trade: &Trade, emit: &mut impl FnMut(Bar)) {
        let index = trade.instrument.index();
        if index >= self.covered {
            self.unknown += 1;
            return;
        }
        let row = row(&mut self.timed, self.timed_rules.len(), index);
        match self.histories.get_mut(index) {
            Some(history) => history.ended_by(row, trade, &mut self.tally, emit),
            None => row.iter_mut().filter_map(|bars| bars.on_trade(trade)).for_each(emit),
        }
    }

    /// Adds the trade to the bars of its instrument that trades fill, and emits those that it fills: they end with
    /// the trade itself.
    #[inline]
    pub fn filled_by(&mut self, trade: &Trade, emit: &mut impl FnMut(Bar)) {
        let index = trade.instrument.index();
        let row = row(&mut self.filled, self.filled_rules.len(), index);
        match self.histories.get_mut(index) {
            Some(history) => history.filled_by(row, trade, emit),
            None => row.iter_mut().filter_map(|bars| bars.on_trade(trade)).for_each(emit),
        }
    }

    /// Changes or takes back a trade that came before, and emits the bars that are told anew for it.
    pub fn on_amendment(&mut self, amendment: &Amendment, emit: &mut impl FnMut(Bar)) {
        let index = amendment.instrument.index();
        let Some(history) = self.histories.get_mut(index) else {
            self.tally.unmatched += 1;
            return;
        };
        let timed = row(&mut self.timed, self.timed_rules.len(), index);
        let filled = row(&mut self.filled, self.filled_rules.len(), index);
        history.amend(amendment, timed, filled, &mut self.tally, emit);
    }

    /// Closes and emits every bar of the clock whose end has passed.
    pub fn flush(&mut self, now: Timestamp, emit: &mut impl FnMut(Bar)) {
        let width = self.timed_rules.len();
        if self.histories.is_empty() || width == 0 {
            return self.timed.iter_mut().filter_map(|bars| bars.flush(now)).for_each(emit);
        }
        for (row, history) in self.timed.chunks_exact_mut(width).zip(&mut self.histories) {
            history.flush(row, now, emit);
        }
    }

    /// The open bar of an instrument, if it has one and the rule is in the list.
    #[must_use]
    pub fn current(&self, instrument: InstrumentId, rule: BarRule) -> Option<&Bar> {
        let place = |rules: &[BarRule]| {
            let column = rules.iter().position(|known| *known == rule)?;
            instrument.index().checked_mul(rules.len())?.checked_add(column)
        };
        if rule.is_filled() {
            self.filled.get(place(&self.filled_rules)?)?.current()
        } else {
            self.timed.get(place(&self.timed_rules)?)?.current()
        }
    }

    /// Costs a walk over all builders.
    #[must_use]
    pub fn counts(&self) -> BarCounts {
        let late = self.timed.iter().map(TimeBars::late).sum();
        let refused = self.timed.iter().map(TimeBars::refused).sum::<u64>()
            + self.filled.iter().map(FilledBars::refused).sum::<u64>()
            + self.unknown;
        let Tally { revised, left_out, unmatched } = self.tally;
        let left_out = if self.histories.is_empty() { late } else { left_out };
        BarCounts { late, revised, left_out, unmatched, refused }
    }
}

fn timed(instrument: InstrumentId, rule: BarRule, calendar: Calendar) -> TimeBars {
    match rule {
        BarRule::Time(period) => TimeBars::new(instrument, period),
        _ => TimeBars::of_sessions(instrument, calendar),
    }
}

#[inline]
fn row<B>(builders: &mut [B], width: usize, index: usize) -> &mut [B] {
    let start = index.saturating_mul(width);
    builders.get_mut(start..start.saturating_add(width)).unwrap_or_default()
}
