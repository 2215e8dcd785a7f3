use domain::{
    Amendment, Bar, BarRule, CrossVenueSpread, InstrumentId, Instruments, MarketEvent, PairSpread, Quote,
    RegimeChange, Span, Timestamp, Trade,
};
use market::{BarCounts, BarSet, Calendar, CrossVenueDetector, PairDetector, RegimeDetector, Staleness};

use super::config::{FlowConfig, FlowError};
use super::counts::FlowCounts;
use super::lane::Lane;

/// What is made of checked ticks, and the counts of everything that comes out.
#[derive(Debug)]
pub(super) struct Operators {
    pub(super) counts: FlowCounts,
    bars: BarSet,
    /// By instrument.
    calendars: Vec<Calendar>,
    bar_grace: Span,
    spreads: CrossVenueDetector,
    pairs: Option<PairDetector>,
    regimes: Option<RegimeDetector>,
    staleness: Staleness,
    stale_after: Option<Span>,
}

impl Operators {
    pub(super) fn new(config: &FlowConfig, instruments: &Instruments) -> Result<Self, FlowError> {
        let length = instruments.len();
        u32::try_from(length).map_err(|_| FlowError::TooManyInstruments(length))?;
        if let Some(rule) = config.bar_rules.iter().find(|rule| !rule.is_sound()) {
            return Err(FlowError::NoSize(*rule));
        }
        let calendars = calendars(config, instruments)?;
        Ok(Self {
            counts: FlowCounts::new(length),
            bars: BarSet::new(&calendars, &config.bar_rules, config.bar_revisions),
            calendars,
            bar_grace: config.bar_grace,
            spreads: CrossVenueDetector::new(instruments, &config.spread_groups, config.spread_limits)?,
            pairs: pairs(config, instruments)?,
            regimes: config.regimes.map(RegimeDetector::new).transpose()?,
            staleness: Staleness::new(),
            stale_after: config.stale_after,
        })
    }

    /// Notes that the instrument is alive.
    #[inline]
    pub(super) fn seen(&mut self, lane: &mut Lane, time: Timestamp) {
        let Some(limit) = self.stale_after else { return };
        if lane.watched {
            self.staleness.on_data(lane.instrument, time);
        } else {
            lane.watched = true;
            let calendar = self.calendars.get(lane.instrument.index()).copied().unwrap_or(Calendar::Always);
            self.staleness.watch(lane.instrument, calendar, limit, time);
        }
    }

    /// The bars that ended before a trade go before it, those that it fills after it.
    #[inline]
    pub(super) fn on_trade(&mut self, trade: &Trade, out: &mut impl FnMut(&MarketEvent)) {
        let counts = &mut self.counts;
        counts.add(trade.instrument, |counts| counts.trades += 1);
        self.bars.ended_by(trade, &mut |bar| emit_bar(counts, bar, out));
        out(&MarketEvent::Trade(*trade));
        self.bars.filled_by(trade, &mut |bar| emit_bar(counts, bar, out));
    }

    pub(super) fn on_amendment(&mut self, amendment: &Amendment, out: &mut impl FnMut(&MarketEvent)) {
        let counts = &mut self.counts;
        counts.add(amendment.instrument, |counts| counts.amendments += 1);
        self.bars.on_amendment(amendment, &mut |bar| emit_bar(counts, bar, out));
    }

    pub(super) fn emit_bar(&mut self, bar: Bar, out: &mut impl FnMut(&MarketEvent)) {
        emit_bar(&mut self.counts, bar, out);
    }

    #[inline]
    pub(super) fn emit_quote(&mut self, lane: &mut Lane, quote: Quote, out: &mut impl FnMut(&MarketEvent)) {
        lane.invalid = false;
        let counts = &mut self.counts;
        counts.add(lane.instrument, |counts| counts.quotes += 1);
        out(&MarketEvent::Quote(quote));
        self.spreads.on_quote(&quote, &mut |spread| emit_spread(counts, spread, out));
        if let Some(pairs) = &mut self.pairs {
            pairs.on_quote(&quote, &mut |spread| emit_pair(counts, spread, out));
        }
        if let Some(regimes) = &mut self.regimes {
            regimes.on_quote(&quote, &mut |change| emit_regime(counts, change, out));
        }
    }

    /// Tells readers, once, not to trust the prices of an instrument.
    pub(super) fn invalidate(
        &mut self,
        lane: &mut Lane,
        time: Timestamp,
        out: &mut impl FnMut(&MarketEvent),
    ) {
        if !lane.invalidate() {
            return;
        }
        let (instrument, counts) = (lane.instrument, &mut self.counts);
        counts.add(instrument, |counts| counts.invalid += 1);
        out(&MarketEvent::Invalid { instrument, time });
        self.spreads.on_invalid(instrument, time, &mut |spread| emit_spread(counts, spread, out));
        if let Some(pairs) = &mut self.pairs {
            pairs.on_invalid(instrument, time, &mut |spread| emit_pair(counts, spread, out));
        }
        if let Some(regimes) = &mut self.regimes {
            regimes.on_invalid(instrument);
        }
    }

    pub(super) fn flush(&mut self, now: Timestamp, lanes: &mut [Lane], out: &mut impl FnMut(&MarketEvent)) {
        let due = now.plus(Span::from_nanos(self.bar_grace.nanos().saturating_neg()));
        let counts = &mut self.counts;
        self.bars.flush(due, &mut |bar| emit_bar(counts, bar, out));
        self.mark_stale(now, lanes, out);
        let counts = &mut self.counts;
        self.spreads.on_time(now, &mut |spread| emit_spread(counts, spread, out));
        if let Some(pairs) = &mut self.pairs {
            pairs.on_time(now, &mut |spread| emit_pair(counts, spread, out));
        }
        if let Some(regimes) = &mut self.regimes {
            regimes.on_time(now, &mut |change| emit_regime(counts, change, out));
        }
    }

    pub(super) fn bar_counts(&self) -> BarCounts {
        self.bars.counts()
    }

    pub(super) fn current_bar(&self, instrument: InstrumentId, rule: BarRule) -> Option<&Bar> {
        self.bars.current(instrument, rule)
    }

    fn mark_stale(&mut self, now: Timestamp, lanes: &mut [Lane], out: &mut impl FnMut(&MarketEvent)) {
        // Taken out so that marking and telling do not borrow the same thing; it allocates nothing when empty.
        let mut staleness = std::mem::take(&mut self.staleness);
        staleness.stale(now, &mut |instrument| {
            self.counts.add(instrument, |counts| counts.stale += 1);
            if let Some(lane) = lanes.get_mut(instrument.index()) {
                self.invalidate(lane, now, out);
            }
        });
        self.staleness = staleness;
    }
}

/// Whose hours each instrument keeps: those of its kind, where nothing else is said.
fn calendars(config: &FlowConfig, instruments: &Instruments) -> Result<Vec<Calendar>, FlowError> {
    let mut calendars: Vec<Calendar> =
        instruments.iter().map(|instrument| Calendar::of(instrument.kind)).collect();
    for &(id, calendar) in &config.calendars {
        *calendars.get_mut(id.index()).ok_or(FlowError::UnknownInstrument(id))? = calendar;
    }
    Ok(calendars)
}

fn emit_bar(counts: &mut FlowCounts, bar: Bar, out: &mut impl FnMut(&MarketEvent)) {
    counts.add(bar.instrument, |counts| counts.bars += 1);
    out(&MarketEvent::Bar(bar));
}

/// Every instrument of a pair is listed.
fn pairs(config: &FlowConfig, instruments: &Instruments) -> Result<Option<PairDetector>, FlowError> {
    let Some(wanted) = &config.pairs else { return Ok(None) };
    let stranger = |id: &InstrumentId| instruments.get(*id).is_none();
    if let Some(id) = wanted.pairs.iter().flat_map(|&(first, second)| [first, second]).find(stranger) {
        return Err(FlowError::UnknownInstrument(id));
    }
    Ok(Some(PairDetector::new(&wanted.pairs, wanted.limits)?))
}

fn emit_pair(counts: &mut FlowCounts, spread: PairSpread, out: &mut impl FnMut(&MarketEvent)) {
    counts.add(spread.first, |counts| counts.pairs += 1);
    out(&MarketEvent::Pair(spread));
}

fn emit_regime(counts: &mut FlowCounts, change: RegimeChange, out: &mut impl FnMut(&MarketEvent)) {
    counts.add(change.instrument, |counts| counts.regimes += 1);
    out(&MarketEvent::Regime(change));
}

fn emit_spread(counts: &mut FlowCounts, spread: CrossVenueSpread, out: &mut impl FnMut(&MarketEvent)) {
    counts.add(spread.buy, |counts| counts.spreads += 1);
    out(&MarketEvent::Spread(spread));
}
