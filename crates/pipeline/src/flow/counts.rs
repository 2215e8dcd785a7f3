use domain::InstrumentId;

use super::FlowRefusal;
use super::verify::Tally;

/// Refused messages by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusals([u64; FlowRefusal::ALL.len()]);

impl Refusals {
    #[must_use]
    pub const fn of(&self, reason: FlowRefusal) -> u64 {
        self.0[reason as usize]
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = (FlowRefusal, u64)> + '_ {
        FlowRefusal::ALL.into_iter().map(|reason| (reason, self.of(reason)))
    }
}

/// What went in and came out since the flow was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Messages in, refused ones included.
    pub messages: u64,
    /// Trades that passed the checks.
    pub trades: u64,
    /// The feed's own quotes that passed the checks.
    pub feed_quotes: u64,
    /// Quotes emitted, from whatever source.
    pub quotes: u64,
    /// Depth updates and snapshots that passed the checks.
    pub depth_updates: u64,
    pub snapshots: u64,
    /// Depth events emitted.
    pub depths: u64,
    /// Trades that their venue corrected or took back.
    pub amendments: u64,
    /// Bars emitted: closed ones of our own, those told anew, and the feed's.
    pub bars: u64,
    /// Spread events emitted, under the instrument that is bought.
    pub spreads: u64,
    /// Events of pairs, under the first.
    pub pairs: u64,
    /// Changes of the regime of bid and ask.
    pub regimes: u64,
    /// Times that a book lost an update, or crossed.
    pub gaps: u64,
    pub crossed: u64,
    /// Times that the connection of an instrument ended.
    pub disconnects: u64,
    /// Messages after which the venue's own checksum of the book was ours, or was not: then the book was lost, unless
    /// the checksums are no longer believed.
    pub checksums_agree: u64,
    pub checksums_disagree: u64,
    /// Times that a book became whole after it was lost.
    pub resyncs: u64,
    /// Silences longer than allowed.
    pub stale: u64,
    /// `Invalid` events emitted.
    pub invalid: u64,
    /// Updates that awaited a snapshot and were pushed out by newer ones.
    pub waiting_dropped: u64,
    pub refused: Refusals,
    /// Applied updates after which the book's top was that of the feed's own quote, or was not.
    pub verify_agree: u64,
    pub verify_disagree: u64,
    /// Applied updates for which the feed's quote was no longer, or not yet, known.
    pub verify_skipped: u64,
}

impl Counts {
    pub(super) const fn tally(&mut self, tally: Tally) {
        self.verify_agree += tally.agree;
        self.verify_disagree += tally.disagree;
        self.verify_skipped += tally.skipped;
    }
}

/// The counts of all instruments together and of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowCounts {
    /// Includes what named an unknown instrument.
    pub total: Counts,
    instruments: Vec<Counts>,
}

impl FlowCounts {
    pub(super) fn new(instruments: usize) -> Self {
        Self { total: Counts::default(), instruments: vec![Counts::default(); instruments] }
    }

    #[must_use]
    pub fn instrument(&self, instrument: InstrumentId) -> Option<&Counts> {
        self.instruments.get(instrument.index())
    }

    #[inline]
    pub(super) fn add(&mut self, instrument: InstrumentId, count: impl Fn(&mut Counts)) {
        count(&mut self.total);
        if let Some(counts) = self.instruments.get_mut(instrument.index()) {
            count(counts);
        }
    }

    #[cold]
    pub(super) fn refuse(&mut self, instrument: InstrumentId, reason: FlowRefusal) {
        self.add(instrument, |counts| counts.refused.0[reason as usize] += 1);
    }
}
