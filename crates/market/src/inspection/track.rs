use std::collections::VecDeque;

use domain::{Bar, BarRule, CorporateAction, CorporateTerms, InstrumentId, Quote, Span, Timestamp, Trade};

use super::finding::{Finding, FindingKind, Findings};
use super::jump::{Jump, JumpKind, Moves};
use crate::calendar::Calendar;

/// Series of one instrument: an instrument has few kinds of bars.
const SERIES_MAX: usize = 16;

/// Trade numbers that are remembered, to see one again.
const NUMBERS_KEPT: usize = 256;

/// A silence is told when it is this long, and so many times the usual distance of ticks.
const SILENCE_LEAST: Span = Span::from_seconds(60);
const SILENCE_TIMES: i64 = 200;

/// Bars by one rule, trades, or quotes of one instrument.
#[derive(Debug, Clone)]
pub struct Series {
    pub instrument: InstrumentId,
    pub calendar: Calendar,
    /// `None` for ticks.
    pub rule: Option<BarRule>,
    pub rows: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    pub findings: Findings,
    moves: Moves,
    /// The end of the bar, or the time of the tick, that came last.
    until: Timestamp,
    usual_distance: i64,
}

/// What is kept of one instrument.
#[derive(Debug, Clone)]
pub(super) struct Track {
    instrument: InstrumentId,
    calendar: Calendar,
    series: Vec<Series>,
    numbers: VecDeque<u64>,
    /// Known, and still to come.
    expected: VecDeque<CorporateAction>,
}

impl Track {
    pub(super) const fn new(instrument: InstrumentId, calendar: Calendar) -> Self {
        Self { instrument, calendar, series: Vec::new(), numbers: VecDeque::new(), expected: VecDeque::new() }
    }

    pub(super) fn series(&self) -> impl Iterator<Item = &Series> {
        self.series.iter()
    }

    pub(super) fn expect(&mut self, action: CorporateAction) {
        self.expected.push_back(action);
    }

    pub(super) fn on_bar(&mut self, bar: &Bar) {
        self.meet_expected(bar.open_time);
        if let Some(series) = self.find(Some(bar.rule), bar.open_time) {
            series.on_bar(bar);
        }
    }

    pub(super) fn on_trade(&mut self, trade: &Trade) {
        self.meet_expected(trade.venue_time);
        let is_again = trade.id != 0 && self.numbers.contains(&trade.id);
        if trade.id != 0 && !is_again {
            if self.numbers.len() >= NUMBERS_KEPT {
                self.numbers.pop_front();
            }
            self.numbers.push_back(trade.id);
        }
        let Some(series) = self.find(None, trade.venue_time) else { return };
        if is_again {
            series.rows += 1;
            series.findings.add(Finding::at(FindingKind::Duplicate, trade.venue_time));
            return;
        }
        series.on_tick(trade.venue_time);
        series.on_price(trade.venue_time, trade.price);
    }

    pub(super) fn on_quote(&mut self, quote: &Quote) {
        let Some(series) = self.find(None, quote.venue_time) else { return };
        series.on_tick(quote.venue_time);
        if quote.is_two_sided()
            && let Ok(mid) = quote.mid()
        {
            series.on_price(quote.venue_time, mid);
        }
    }

    pub(super) fn on_corporate(&mut self, action: &CorporateAction) {
        if let CorporateTerms::Split(split) = action.terms {
            self.series.iter_mut().for_each(|series| series.moves.split(split.numerator, split.denominator));
        }
    }

    fn meet_expected(&mut self, time: Timestamp) {
        while let Some(action) = self.expected.pop_front_if(|action| action.time <= time) {
            self.on_corporate(&action);
        }
    }

    fn find(&mut self, rule: Option<BarRule>, time: Timestamp) -> Option<&mut Series> {
        let known = self.series.iter().position(|series| series.rule == rule);
        if known.is_none() && self.series.len() < SERIES_MAX {
            self.series.push(Series {
                instrument: self.instrument,
                calendar: self.calendar,
                rule,
                rows: 0,
                first: time,
                last: time,
                findings: Findings::default(),
                moves: Moves::default(),
                until: Timestamp::MIN,
                usual_distance: 0,
            });
        }
        let place = known.unwrap_or(self.series.len().saturating_sub(1));
        self.series.get_mut(place).filter(|series| series.rule == rule)
    }
}

impl Series {
    fn on_bar(&mut self, bar: &Bar) {
        self.rows += 1;
        if !bar.is_coherent() || !bar.low.is_positive() {
            self.findings.add(Finding::at(FindingKind::Incoherent, bar.open_time));
        }
        if self.rows > 1 && bar.open_time <= self.last {
            let is_again = bar.open_time == self.last && !bar.rule.is_filled();
            if is_again || bar.open_time < self.last {
                let kind = if is_again { FindingKind::Duplicate } else { FindingKind::OutOfOrder };
                return self.findings.add(Finding::at(kind, bar.open_time));
            }
        }
        if let Some(period) = bar.rule.period().filter(|_| self.rows > 1) {
            self.find_gap(bar, period);
        }
        self.on_jump(bar.open_time, self.moves.meet(bar.open));
        // Within a bar prices may go far, but not a hundredfold.
        let mut within = self.moves;
        within.learn(bar.open);
        let jump = within.meet(bar.close).filter(|jump| jump.kind != JumpKind::Other);
        self.on_jump(bar.open_time, jump);
        self.moves.learn(bar.close);
        (self.last, self.until) = (bar.open_time, bar.close_time);
    }

    /// Days, or bars within sessions, between the last bar and this one.
    fn find_gap(&mut self, bar: &Bar, period: Span) {
        let (kind, count) = if period >= Span::DAY {
            let days =
                (self.calendar.day_of(self.last).plus(1), self.calendar.day_of(bar.open_time).plus(-1));
            // A week is one bar of five sessions.
            let every = usize::try_from(period.nanos() / Span::DAY.nanos()).unwrap_or(1).max(1);
            let sessions = self.calendar.sessions(days.0, days.1).count();
            (FindingKind::MissingSessions, if every == 1 { sessions } else { 0 })
        } else {
            self.missing_bars(bar.open_time, period)
        };
        if count > 0 {
            let (from, until) = (self.until, bar.open_time);
            self.findings.add(Finding { kind, from, until, count: count as u64, jump: None });
        }
    }

    /// Whole sessions, when one or more have nothing; else bars of the sessions that the gap touches.
    fn missing_bars(&self, until: Timestamp, period: Span) -> (FindingKind, usize) {
        let (first, last) = (self.calendar.day_of(self.until), self.calendar.day_of(until).plus(1));
        let (mut whole, mut bars) = (0, 0);
        for session in self.calendar.sessions(first, last) {
            let (from, to) = (session.open.max(self.until), session.close.min(until));
            if from >= to {
                continue;
            }
            let is_whole = from == session.open && to == session.close;
            whole += usize::from(is_whole && self.calendar != Calendar::Always);
            bars += usize::try_from(to.since(from).nanos() / period.nanos()).unwrap_or(0);
        }
        if whole > 0 { (FindingKind::MissingSessions, whole) } else { (FindingKind::MissingBars, bars) }
    }

    fn on_tick(&mut self, time: Timestamp) {
        self.rows += 1;
        if self.rows > 1 && time < self.last {
            self.findings.add(Finding::at(FindingKind::OutOfOrder, time));
            return;
        }
        if self.rows > 1 {
            self.find_silence(time);
        }
        (self.last, self.until) = (time, time);
    }

    fn find_silence(&mut self, time: Timestamp) {
        let distance = time.since(self.last).nanos();
        let limit = SILENCE_LEAST.nanos().max(self.usual_distance.saturating_mul(SILENCE_TIMES));
        let is_open = self.calendar.session_at(self.last) == self.calendar.session_at(time)
            && self.calendar.session_at(time).is_some();
        if distance > limit && is_open {
            let finding = Finding { until: time, ..Finding::at(FindingKind::Silence, self.last) };
            self.findings.add(finding);
        } else if is_open {
            self.usual_distance += (distance - self.usual_distance) / 64;
        }
    }

    fn on_price(&mut self, time: Timestamp, price: domain::Price) {
        if !price.is_positive() {
            self.findings.add(Finding::at(FindingKind::Incoherent, time));
            return;
        }
        self.on_jump(time, self.moves.meet(price));
        self.moves.learn(price);
    }

    fn on_jump(&mut self, time: Timestamp, jump: Option<Jump>) {
        let Some(jump) = jump else { return };
        let kind = match jump.kind {
            JumpKind::Split { .. } => FindingKind::SplitLike,
            JumpKind::Hundredfold => FindingKind::Hundredfold,
            JumpKind::Other => FindingKind::Jump,
        };
        let from = if self.until == Timestamp::MIN { time } else { self.until };
        self.findings.add(Finding { kind, from, until: time, count: 1, jump: Some(jump) });
    }
}
