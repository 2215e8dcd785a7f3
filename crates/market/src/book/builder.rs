use std::collections::VecDeque;

use domain::{BookChecksum, Depth, DepthSnapshot, DepthUpdate, InstrumentId, Level, Quote, Side, Timestamp};

use super::referee::{Referee, Verdict};
use super::sequence::{Anchor, Link};
use super::{Book, BookRules, TopOfBook};

/// The most updates kept while a snapshot is awaited. Past it the oldest is dropped and counted: the snapshot
/// that comes is then likely newer than what was dropped, and if it is not, a gap is reported.
pub const BUFFER_MAX: usize = 1_000;

/// What a message did to a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookChange {
    Ignored(IgnoreReason),
    /// Kept until a snapshot comes.
    Buffered,
    /// Applied; `top_changed` when the best bid or ask has another price or quantity.
    Updated {
        top_changed: bool,
    },
    /// A snapshot, and the buffered updates that follow it, made the book valid.
    Synchronised,
    /// Updates are missing: the book is invalid until the next snapshot. For [`SequenceRule::PreviousId`] the ids
    /// are those of the update before.
    Gap {
        expected: u64,
        found: u64,
    },
    /// The best bid stands at or above the best ask: the book is invalid until the next snapshot.
    Crossed,
    /// The venue's checksum is another than the book's: the book is invalid until the next snapshot.
    ChecksumMismatch {
        expected: u32,
        found: u32,
    },
}

impl BookChange {
    /// Whether the book was lost.
    #[must_use]
    pub const fn is_loss(self) -> bool {
        matches!(self, Self::Gap { .. } | Self::Crossed | Self::ChecksumMismatch { .. })
    }
}

/// Why a message was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IgnoreReason {
    /// The book is already past it.
    Old,
    /// It speaks of another instrument.
    OtherInstrument,
    /// Its first id lies after its last.
    MalformedRange,
    /// The venue sends a snapshot in the stream, and this came before it.
    AwaitsSnapshot,
}

/// What has happened to a book since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookCounts {
    /// Updates applied, buffered ones included.
    pub applied: u64,
    /// Messages left out, see [`IgnoreReason`].
    pub ignored: u64,
    pub gaps: u64,
    pub crossed: u64,
    /// Snapshots that made the book valid again after the first time.
    pub resyncs: u64,
    /// Updates dropped at [`BUFFER_MAX`].
    pub buffer_dropped: u64,
    /// Messages after which the venue's checksum was the book's, or was not.
    pub checksums_agree: u64,
    pub checksums_disagree: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Buffering,
    Live { anchor: Anchor, last: u64 },
}

/// Builds the book of one instrument: buffers updates until a snapshot comes, applies those that follow it, then
/// follows the stream until an update is missing or the book crosses, and starts again.
///
/// In the live state nothing is allocated once the book has reached its size.
#[derive(Debug, Clone)]
pub struct BookBuilder {
    instrument: InstrumentId,
    rules: BookRules,
    referee: Referee,
    state: State,
    book: Book,
    buffer: VecDeque<DepthUpdate>,
    synchronised_before: bool,
    counts: BookCounts,
    venue_time: Timestamp,
    receive_time: Timestamp,
}

impl BookBuilder {
    #[must_use]
    pub fn new(instrument: InstrumentId, rules: impl Into<BookRules>) -> Self {
        let rules = rules.into();
        Self {
            instrument,
            rules,
            referee: Referee::new(rules.checksum),
            state: State::Buffering,
            book: Book::new(),
            buffer: VecDeque::new(),
            synchronised_before: false,
            counts: BookCounts::default(),
            venue_time: Timestamp::MIN,
            receive_time: Timestamp::MIN,
        }
    }

    /// Takes the next update of the stream.
    pub fn on_update(&mut self, update: &DepthUpdate) -> BookChange {
        if update.instrument != self.instrument {
            return self.ignore(IgnoreReason::OtherInstrument);
        }
        if update.first_update_id > update.last_update_id {
            return self.ignore(IgnoreReason::MalformedRange);
        }
        let State::Live { anchor, last } = self.state else {
            if !self.buffers() {
                return self.ignore(IgnoreReason::AwaitsSnapshot);
            }
            self.keep(update);
            return BookChange::Buffered;
        };
        let change = self.follow(anchor, last, update);
        if change.is_loss() && self.buffers() {
            self.keep(update);
        }
        change
    }

    /// Takes a whole book. While the book is valid, a snapshot that is not newer is ignored, unless the venue sends it in
    /// the stream.
    pub fn on_snapshot(&mut self, snapshot: &DepthSnapshot) -> BookChange {
        if snapshot.instrument != self.instrument {
            return self.ignore(IgnoreReason::OtherInstrument);
        }
        if let State::Live { last, .. } = self.state
            && self.buffers()
            && snapshot.last_update_id <= last
        {
            return self.ignore(IgnoreReason::Old);
        }
        self.load(snapshot);
        match self.judge(snapshot.checksum) {
            Some(loss) => self.lose(loss),
            None => self.catch_up(),
        }
    }

    /// Forgets the book and what is buffered, as after a lost connection.
    pub fn reset(&mut self) {
        self.state = State::Buffering;
        self.buffer.clear();
        self.book.clear();
    }

    /// Whether updates that come before a snapshot are part of what follows it.
    #[must_use]
    #[inline]
    pub const fn buffers(&self) -> bool {
        !self.rules.sequence.snapshots_come_in_stream()
    }

    /// Whether the venue's checksums differed so often in a row, each time with a new book, that they are no longer
    /// believed; the next one that agrees ends it.
    #[must_use]
    pub const fn is_unverified(&self) -> bool {
        self.referee.doubts()
    }

    /// The book, while it can be trusted.
    #[must_use]
    #[inline]
    pub fn book(&self) -> Option<&Book> {
        matches!(self.state, State::Live { .. }).then_some(&self.book)
    }

    /// Whether only a snapshot can make the book valid.
    #[must_use]
    #[inline]
    pub fn needs_snapshot(&self) -> bool {
        self.state == State::Buffering
    }

    /// The top of the book at its last update, while it can be trusted; an empty side has quantity zero.
    #[must_use]
    pub fn quote(&self) -> Option<Quote> {
        let book = self.book()?;
        Some(TopOfBook::quote(self.instrument, book, self.venue_time, self.receive_time))
    }

    /// Writes the best `count` levels of each side into `depth`; `false`, with `depth` untouched, while the book
    /// cannot be trusted.
    pub fn write_depth(&self, count: usize, depth: &mut Depth) -> bool {
        let Some(book) = self.book() else { return false };
        book.fill_depth(count, &mut depth.bids, &mut depth.asks);
        depth.instrument = self.instrument;
        depth.venue_time = self.venue_time;
        depth.receive_time = self.receive_time;
        true
    }

    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.instrument
    }

    /// The id of the last update in the book, while it can be trusted.
    #[must_use]
    pub const fn last_update_id(&self) -> Option<u64> {
        match self.state {
            State::Live { last, .. } => Some(last),
            State::Buffering => None,
        }
    }

    #[must_use]
    pub const fn counts(&self) -> BookCounts {
        self.counts
    }

    fn follow(&mut self, anchor: Anchor, last: u64, update: &DepthUpdate) -> BookChange {
        match self.rules.sequence.link(anchor, last, update) {
            Link::Old => self.ignore(IgnoreReason::Old),
            Link::Gap { expected, found } => self.lose(BookChange::Gap { expected, found }),
            Link::Next => self.apply(update),
        }
    }

    fn apply(&mut self, update: &DepthUpdate) -> BookChange {
        let before = self.book.top();
        self.apply_levels(&update.bids, &update.asks);
        if let Some(loss) = self.judge(update.checksum) {
            return self.lose(loss);
        }
        self.state = State::Live { anchor: Anchor::Update, last: update.last_update_id };
        self.venue_time = update.venue_time;
        self.receive_time = self.receive_time.max(update.receive_time);
        self.counts.applied += 1;
        BookChange::Updated { top_changed: self.book.top() != before }
    }

    /// Cuts the book to the venue's depth and says what is wrong with it.
    fn judge(&mut self, checksum: Option<BookChecksum>) -> Option<BookChange> {
        if let Some(depth) = self.rules.depth_max {
            self.book.truncate(depth);
        }
        match self.referee.judge(&self.book, checksum) {
            Verdict::Silent => {}
            Verdict::Agrees => self.counts.checksums_agree += 1,
            Verdict::Doubted => self.counts.checksums_disagree += 1,
            Verdict::Differs { expected, found } => {
                self.counts.checksums_disagree += 1;
                return Some(BookChange::ChecksumMismatch { expected, found });
            }
        }
        self.book.is_crossed().then_some(BookChange::Crossed)
    }

    fn apply_levels(&mut self, bids: &[Level], asks: &[Level]) {
        for &level in bids {
            self.book.apply_level(Side::Buy, level);
        }
        for &level in asks {
            self.book.apply_level(Side::Sell, level);
        }
    }

    fn load(&mut self, snapshot: &DepthSnapshot) {
        self.book.clear();
        // Venues send the best level first; from worst to best each level is appended at the end.
        for &level in snapshot.bids.iter().rev() {
            self.book.apply_level(Side::Buy, level);
        }
        for &level in snapshot.asks.iter().rev() {
            self.book.apply_level(Side::Sell, level);
        }
        self.state = State::Live { anchor: Anchor::Snapshot, last: snapshot.last_update_id };
        self.venue_time = snapshot.venue_time;
        self.receive_time = self.receive_time.max(snapshot.receive_time);
    }

    /// Applies what was buffered on top of the snapshot just loaded. What lies after a gap stays buffered.
    fn catch_up(&mut self) -> BookChange {
        while let (State::Live { anchor, last }, Some(update)) = (self.state, self.buffer.pop_front()) {
            let change = self.follow(anchor, last, &update);
            if change.is_loss() {
                self.buffer.push_front(update);
                return change;
            }
        }
        self.counts.resyncs += u64::from(self.synchronised_before);
        self.synchronised_before = true;
        BookChange::Synchronised
    }

    fn lose(&mut self, change: BookChange) -> BookChange {
        match change {
            BookChange::Crossed => self.counts.crossed += 1,
            BookChange::Gap { .. } => self.counts.gaps += 1,
            _ => {}
        }
        self.state = State::Buffering;
        self.book.clear();
        change
    }

    fn ignore(&mut self, reason: IgnoreReason) -> BookChange {
        self.counts.ignored += 1;
        BookChange::Ignored(reason)
    }

    fn keep(&mut self, update: &DepthUpdate) {
        let dropped = (self.buffer.len() >= BUFFER_MAX).then(|| self.buffer.pop_front()).flatten();
        self.counts.buffer_dropped += u64::from(dropped.is_some());
        self.buffer.push_back(match dropped {
            Some(reused) => overwrite(reused, update),
            None => update.clone(),
        });
    }
}

/// A copy of `update` in the memory of one that is no longer needed.
fn overwrite(mut reused: DepthUpdate, update: &DepthUpdate) -> DepthUpdate {
    reused.bids.clone_from(&update.bids);
    reused.asks.clone_from(&update.asks);
    DepthUpdate { bids: reused.bids, asks: reused.asks, ..*update }
}
