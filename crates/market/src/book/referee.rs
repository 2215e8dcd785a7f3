use domain::BookChecksum;

use super::{Book, ChecksumRule};

/// Mismatches in a row, a new snapshot between each, after which the sum itself is doubted: the first and two failed
/// resynchronisations. A venue that changes its sum must not keep every book down.
const MISMATCHES_MAX: u32 = 3;

/// What the venue's sum says of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing was summed.
    Silent,
    Agrees,
    /// The book is wrong.
    Differs {
        expected: u32,
        found: u32,
    },
    /// The sums differ as they have before: the book goes on unverified.
    Doubted,
}

/// Holds the book against the venue's sums.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Referee {
    rule: Option<ChecksumRule>,
    mismatches_in_a_row: u32,
    is_doubted: bool,
}

impl Referee {
    pub(super) const fn new(rule: Option<ChecksumRule>) -> Self {
        Self { rule, mismatches_in_a_row: 0, is_doubted: false }
    }

    #[inline]
    pub(super) fn judge(&mut self, book: &Book, said: Option<BookChecksum>) -> Verdict {
        let (Some(rule), Some(said)) = (self.rule, said) else { return Verdict::Silent };
        let found = rule.sum(book, said);
        if found == said.value {
            (self.mismatches_in_a_row, self.is_doubted) = (0, false);
            return Verdict::Agrees;
        }
        self.mismatches_in_a_row = self.mismatches_in_a_row.saturating_add(1);
        if self.mismatches_in_a_row >= MISMATCHES_MAX {
            self.is_doubted = true;
            return Verdict::Doubted;
        }
        Verdict::Differs { expected: said.value, found }
    }

    /// Whether the sums are no longer believed.
    pub(super) const fn doubts(&self) -> bool {
        self.is_doubted
    }
}
