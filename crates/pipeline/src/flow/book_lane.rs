use std::collections::VecDeque;

use domain::{DepthSnapshot, DepthUpdate, InstrumentId, Quote};
use market::book::BUFFER_MAX;
use market::{BookBuilder, BookChange, BookCounts, BookRules};

use super::verify::{Tally, Top, Verifier};

/// What a depth message did to the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BookOutcome {
    Nothing,
    Applied { top_changed: bool },
    Synchronised { again: bool },
    Gap,
    Crossed,
    ChecksumMismatch,
}

impl BookOutcome {
    const fn is_loss(self) -> bool {
        matches!(self, Self::Gap | Self::Crossed | Self::ChecksumMismatch)
    }
}

/// What a depth message led to besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Aside {
    pub(super) tally: Tally,
    pub(super) waiting_dropped: u64,
    pub(super) checksums_agree: u64,
    pub(super) checksums_disagree: u64,
}

/// A book being built and held against the feed's quotes. Updates that come before a snapshot wait here rather
/// than in the builder, so that each of them is verified when it is applied.
#[derive(Debug)]
pub(super) struct BookLane {
    builder: BookBuilder,
    waiting: VecDeque<DepthUpdate>,
    verifier: Verifier,
    synchronised_before: bool,
}

impl BookLane {
    pub(super) fn new(instrument: InstrumentId, rules: BookRules) -> Self {
        Self {
            builder: BookBuilder::new(instrument, rules),
            waiting: VecDeque::new(),
            verifier: Verifier::new(),
            synchronised_before: false,
        }
    }

    pub(super) const fn builder(&self) -> &BookBuilder {
        &self.builder
    }

    pub(super) fn on_update(&mut self, update: &DepthUpdate, aside: &mut Aside) -> BookOutcome {
        let before = self.builder.counts();
        let outcome = self.take_update(update, aside);
        self.count_checksums(before, aside);
        outcome
    }

    pub(super) fn on_snapshot(&mut self, snapshot: &DepthSnapshot, aside: &mut Aside) -> BookOutcome {
        let before = self.builder.counts();
        let outcome = self.take_snapshot(snapshot, aside);
        self.count_checksums(before, aside);
        outcome
    }

    fn take_update(&mut self, update: &DepthUpdate, aside: &mut Aside) -> BookOutcome {
        if self.builder.needs_snapshot() {
            self.keep(update.clone(), aside);
            return BookOutcome::Nothing;
        }
        let outcome = self.apply(update, aside);
        if outcome.is_loss() {
            self.keep(update.clone(), aside);
        }
        outcome
    }

    fn take_snapshot(&mut self, snapshot: &DepthSnapshot, aside: &mut Aside) -> BookOutcome {
        match self.builder.on_snapshot(snapshot) {
            BookChange::Synchronised => self.catch_up(aside),
            BookChange::Crossed => self.lose(BookOutcome::Crossed),
            BookChange::ChecksumMismatch { .. } => self.lose(BookOutcome::ChecksumMismatch),
            BookChange::Gap { .. } => self.lose(BookOutcome::Gap),
            BookChange::Ignored(_) | BookChange::Buffered | BookChange::Updated { .. } => {
                BookOutcome::Nothing
            }
        }
    }

    /// Takes a quote of the feed as witness.
    #[inline]
    pub(super) fn on_quote(&mut self, quote: &Quote, id: u64) -> Tally {
        self.verifier.on_quote(Top { id, bid: quote.bid, ask: quote.ask })
    }

    /// Forgets the book and everything that awaits one.
    pub(super) fn reset(&mut self) {
        self.builder.reset();
        self.waiting.clear();
        self.verifier.clear();
    }

    fn apply(&mut self, update: &DepthUpdate, aside: &mut Aside) -> BookOutcome {
        match self.builder.on_update(update) {
            BookChange::Updated { top_changed } => {
                self.verify(aside);
                BookOutcome::Applied { top_changed }
            }
            BookChange::Gap { .. } => self.lose(BookOutcome::Gap),
            BookChange::Crossed => self.lose(BookOutcome::Crossed),
            BookChange::ChecksumMismatch { .. } => self.lose(BookOutcome::ChecksumMismatch),
            BookChange::Ignored(_) | BookChange::Buffered | BookChange::Synchronised => BookOutcome::Nothing,
        }
    }

    #[inline]
    fn verify(&mut self, aside: &mut Aside) {
        if let (Some(quote), Some(id)) = (self.builder.quote(), self.builder.last_update_id()) {
            let tally = self.verifier.on_book(Top { id, bid: quote.bid, ask: quote.ask });
            aside.tally.add(tally);
        }
    }

    fn count_checksums(&self, before: BookCounts, aside: &mut Aside) {
        let after = self.builder.counts();
        aside.checksums_agree = after.checksums_agree - before.checksums_agree;
        aside.checksums_disagree = after.checksums_disagree - before.checksums_disagree;
    }

    fn catch_up(&mut self, aside: &mut Aside) -> BookOutcome {
        while let Some(update) = self.waiting.pop_front() {
            let outcome = self.apply(&update, aside);
            if outcome.is_loss() {
                self.waiting.push_front(update);
                return outcome;
            }
        }
        let again = std::mem::replace(&mut self.synchronised_before, true);
        BookOutcome::Synchronised { again }
    }

    /// The builder keeps the update at which it lost the book; here it waits with those that follow it.
    fn lose(&mut self, outcome: BookOutcome) -> BookOutcome {
        self.builder.reset();
        self.verifier.clear();
        outcome
    }

    /// Where snapshots come in the stream, what comes before one is no part of it.
    fn keep(&mut self, update: DepthUpdate, aside: &mut Aside) {
        if !self.builder.buffers() {
            return;
        }
        if self.waiting.len() >= BUFFER_MAX {
            self.waiting.pop_front();
            aside.waiting_dropped += 1;
        }
        self.waiting.push_back(update);
    }
}
