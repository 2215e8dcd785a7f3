//! The synchronous heart: decoded messages in, checked market events out. One flow serves any number of
//! instruments of any number of venues, on one thread, in the order of the calls.

mod book_lane;
mod check;
mod config;
mod counts;
mod depth_pool;
mod gauges;
mod guard;
mod lane;
mod operators;
mod verify;

pub use check::FlowRefusal;
pub use config::{FlowConfig, FlowError, OutlierGuard, Pairs, QuoteSource};
pub use counts::{Counts, FlowCounts, Refusals};

use domain::{
    Bar, BarRule, DepthSnapshot, DepthUpdate, FeedMessage, InstrumentId, Instruments, Interruption,
    InterruptionCause, MarketEvent, Quote, Timestamp, Trade,
};

use market::BarCounts;

use book_lane::{Aside, BookOutcome};
use check::TimeCheck;
use gauges::Gauges;
use lane::Lane;
use operators::Operators;

/// Checks ticks and builds books, bars and spreads of them.
///
/// Events are handed to the caller's `out` as they arise; their times never go back, except that a bar is told at
/// the end of its period by the venue's clock. Nothing is allocated for a message once the books have reached
/// their size, as long as readers give depths back.
#[derive(Debug)]
pub struct Flow {
    lanes: Vec<Lane>,
    time: TimeCheck,
    operators: Operators,
    gauges: Gauges,
    outlier_guard: Option<OutlierGuard>,
}

impl Flow {
    /// For the instruments listed so far.
    ///
    /// # Errors
    /// See [`FlowError`].
    pub fn new(config: FlowConfig, instruments: &Instruments) -> Result<Self, FlowError> {
        Ok(Self {
            lanes: lane::lanes(&config, instruments)?,
            time: TimeCheck::new(config.future_max, config.step_back_max),
            operators: Operators::new(&config, instruments)?,
            gauges: Gauges::new(),
            outlier_guard: config.outlier_guard,
        })
    }

    /// Takes the next message. A message that fails a check is counted by reason and has no other effect.
    #[inline]
    pub fn push(&mut self, message: FeedMessage<'_>, out: &mut impl FnMut(&MarketEvent)) {
        let instrument = message.instrument();
        self.operators.counts.add(instrument, |counts| counts.messages += 1);
        match self.admit(&message, instrument) {
            Ok(time) => self.route(message, time, out),
            Err(reason) => self.operators.counts.refuse(instrument, reason),
        }
    }

    /// Time has passed: closes the bars whose end has come, marks silent instruments, ends spreads of old quotes
    /// and publishes the counts as metrics. Call it about once a second.
    pub fn flush(&mut self, now: Timestamp, out: &mut impl FnMut(&MarketEvent)) {
        let now = self.time.advance(now);
        self.operators.flush(now, &mut self.lanes, out);
        self.gauges.publish(&self.operators.counts.total, self.operators.bar_counts());
    }

    /// The connection that carried the instrument is gone: its book is forgotten and its prices are invalid until
    /// new ones come.
    pub fn disconnected(
        &mut self,
        instrument: InstrumentId,
        now: Timestamp,
        out: &mut impl FnMut(&MarketEvent),
    ) {
        let now = self.time.advance(now);
        let Some(lane) = self.lanes.get_mut(instrument.index()) else { return };
        lane.disconnected();
        self.operators.invalidate(lane, now, out);
    }

    /// Whether the instrument's book waits for a snapshot.
    #[must_use]
    pub fn needs_snapshot(&self, instrument: InstrumentId) -> bool {
        let book = self.lanes.get(instrument.index()).and_then(|lane| lane.book.as_ref());
        book.is_some_and(|book| book.builder().needs_snapshot())
    }

    /// Whether the venue's checksums of the instrument's book are no longer believed, and it goes on unverified.
    #[must_use]
    pub fn is_unverified(&self, instrument: InstrumentId) -> bool {
        let book = self.lanes.get(instrument.index()).and_then(|lane| lane.book.as_ref());
        book.is_some_and(|book| book.builder().is_unverified())
    }

    /// What went in and came out.
    #[must_use]
    pub const fn counts(&self) -> &FlowCounts {
        &self.operators.counts
    }

    /// What became of trades that came late or were amended.
    #[must_use]
    pub fn bar_counts(&self) -> BarCounts {
        self.operators.bar_counts()
    }

    /// The bar that is still open.
    #[must_use]
    pub fn current_bar(&self, instrument: InstrumentId, rule: BarRule) -> Option<&Bar> {
        self.operators.current_bar(instrument, rule)
    }

    fn admit(
        &mut self,
        message: &FeedMessage<'_>,
        instrument: InstrumentId,
    ) -> Result<Timestamp, FlowRefusal> {
        let Some(lane) = self.lanes.get_mut(instrument.index()) else {
            return Err(FlowRefusal::UnknownInstrument);
        };
        check::check_values(message)?;
        let time = self.time.admit(message.receive_time(), check::venue_time_of(message))?;
        lane.admit(message, self.outlier_guard.as_ref())?;
        Ok(time)
    }

    #[inline]
    fn route(&mut self, message: FeedMessage<'_>, time: Timestamp, out: &mut impl FnMut(&MarketEvent)) {
        let Some(lane) = self.lanes.get_mut(message.instrument().index()) else { return };
        let operators = &mut self.operators;
        if !matches!(message, FeedMessage::Interrupted(_)) {
            operators.seen(lane, time);
        }
        match message {
            FeedMessage::Trade(trade) => operators.on_trade(&Trade { receive_time: time, ..trade }, out),
            FeedMessage::Quote { quote, update_id } => {
                on_quote(lane, operators, Quote { receive_time: time, ..quote }, update_id, out);
            }
            FeedMessage::DepthUpdate(update) => on_update(lane, operators, update, time, out),
            FeedMessage::DepthSnapshot(snapshot) => on_snapshot(lane, operators, snapshot, time, out),
            FeedMessage::Bar(bar) => operators.emit_bar(bar, out),
            FeedMessage::Corporate(action) => out(&MarketEvent::Corporate(action)),
            FeedMessage::Interrupted(interruption) => {
                on_interruption(lane, operators, interruption, time, out)
            }
            FeedMessage::Amendment(amendment) => operators.on_amendment(&amendment, out),
        }
    }
}

fn on_quote(
    lane: &mut Lane,
    operators: &mut Operators,
    quote: Quote,
    update_id: Option<u64>,
    out: &mut impl FnMut(&MarketEvent),
) {
    operators.counts.add(lane.instrument, |counts| counts.feed_quotes += 1);
    if let (Some(id), Some(book)) = (update_id, lane.book.as_mut()) {
        let tally = book.on_quote(&quote, id);
        operators.counts.add(lane.instrument, |counts| counts.tally(tally));
    }
    if lane.takes_feed_quote(update_id) {
        operators.emit_quote(lane, quote, out);
    }
}

fn on_interruption(
    lane: &mut Lane,
    operators: &mut Operators,
    interruption: Interruption,
    time: Timestamp,
    out: &mut impl FnMut(&MarketEvent),
) {
    operators.counts.add(lane.instrument, |counts| match interruption.cause {
        InterruptionCause::Disconnected => counts.disconnects += 1,
        InterruptionCause::SequenceGap => counts.gaps += 1,
    });
    lane.disconnected();
    operators.invalidate(lane, time, out);
}

fn on_update(
    lane: &mut Lane,
    operators: &mut Operators,
    update: &DepthUpdate,
    time: Timestamp,
    out: &mut impl FnMut(&MarketEvent),
) {
    operators.counts.add(lane.instrument, |counts| counts.depth_updates += 1);
    let Some(book) = lane.book.as_mut() else { return };
    let mut aside = Aside::default();
    let outcome = book.on_update(update, &mut aside);
    on_outcome(lane, operators, (outcome, aside), time, out);
}

fn on_snapshot(
    lane: &mut Lane,
    operators: &mut Operators,
    snapshot: &DepthSnapshot,
    time: Timestamp,
    out: &mut impl FnMut(&MarketEvent),
) {
    operators.counts.add(lane.instrument, |counts| counts.snapshots += 1);
    let Some(book) = lane.book.as_mut() else { return };
    let mut aside = Aside::default();
    let outcome = book.on_snapshot(snapshot, &mut aside);
    on_outcome(lane, operators, (outcome, aside), time, out);
}

fn on_outcome(
    lane: &mut Lane,
    operators: &mut Operators,
    (outcome, aside): (BookOutcome, Aside),
    time: Timestamp,
    out: &mut impl FnMut(&MarketEvent),
) {
    operators.counts.add(lane.instrument, |counts| {
        counts.tally(aside.tally);
        counts.waiting_dropped += aside.waiting_dropped;
        counts.checksums_agree += aside.checksums_agree;
        counts.checksums_disagree += aside.checksums_disagree;
        match outcome {
            BookOutcome::Gap => counts.gaps += 1,
            BookOutcome::Crossed => counts.crossed += 1,
            BookOutcome::Synchronised { again: true } => counts.resyncs += 1,
            _ => {}
        }
    });
    match outcome {
        BookOutcome::Nothing => {}
        BookOutcome::Gap | BookOutcome::Crossed | BookOutcome::ChecksumMismatch => {
            operators.invalidate(lane, time, out);
        }
        BookOutcome::Applied { top_changed } => on_book(lane, operators, top_changed, time, out),
        BookOutcome::Synchronised { .. } => on_book(lane, operators, true, time, out),
    }
}

/// The depth goes before the quote, so that whoever acts on the quote sees the depth that belongs to it.
fn on_book(
    lane: &mut Lane,
    operators: &mut Operators,
    top_changed: bool,
    time: Timestamp,
    out: &mut impl FnMut(&MarketEvent),
) {
    if let Some(depth) = lane.changed_depth(time) {
        operators.counts.add(lane.instrument, |counts| counts.depths += 1);
        out(&MarketEvent::Depth(depth));
    }
    if let Some(quote) = lane.book_quote(top_changed) {
        operators.emit_quote(lane, Quote { receive_time: time, ..quote }, out);
    }
}

#[cfg(test)]
mod tests;
