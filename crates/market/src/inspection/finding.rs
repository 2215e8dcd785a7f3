use domain::{Span, Timestamp};

use super::SHOWN_MAX;
use super::jump::Jump;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Whole sessions without data.
    MissingSessions,
    /// Within sessions, bars that are not there.
    MissingBars,
    /// Within a session, no tick for longer than is usual by far.
    Silence,
    /// The same bar, or a trade under the same number, again.
    Duplicate,
    /// A time before that of the row before.
    OutOfOrder,
    /// High and low do not enclose open and close, or a price is not above zero.
    Incoherent,
    /// A price that looks like a split that nobody adjusted for.
    SplitLike,
    /// A price that is a hundred times what it was, or a hundredth: most likely in another unit.
    Hundredfold,
    /// Any other price far from the one before.
    Jump,
}

impl FindingKind {
    pub const ALL: [Self; 9] = [
        Self::MissingSessions,
        Self::MissingBars,
        Self::Silence,
        Self::Duplicate,
        Self::OutOfOrder,
        Self::Incoherent,
        Self::SplitLike,
        Self::Hundredfold,
        Self::Jump,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingSessions => "missing_sessions",
            Self::MissingBars => "missing_bars",
            Self::Silence => "silence",
            Self::Duplicate => "duplicate",
            Self::OutOfOrder => "out_of_order",
            Self::Incoherent => "incoherent",
            Self::SplitLike => "split_like",
            Self::Hundredfold => "hundredfold",
            Self::Jump => "jump",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    pub kind: FindingKind,
    /// Where it begins, and where data goes on.
    pub from: Timestamp,
    pub until: Timestamp,
    /// How many are missing or there again; one of anything else.
    pub count: u64,
    pub jump: Option<Jump>,
}

impl Finding {
    pub(super) const fn at(kind: FindingKind, time: Timestamp) -> Self {
        Self { kind, from: time, until: time, count: 1, jump: None }
    }

    /// Greater ones are shown rather than smaller ones.
    fn greatness(&self) -> (u64, Span) {
        (self.count, self.until.since(self.from))
    }
}

/// The findings of one series: how many of each kind, and the greatest to show.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    kinds: [Kind; FindingKind::ALL.len()],
}

#[derive(Debug, Clone, Default)]
struct Kind {
    /// Places where it was found.
    places: u64,
    /// Sum of their counts.
    count: u64,
    shown: Vec<Finding>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let kind = &mut self.kinds[finding.kind as usize];
        kind.places += 1;
        kind.count = kind.count.saturating_add(finding.count);
        if kind.shown.len() < SHOWN_MAX {
            kind.shown.push(finding);
            return;
        }
        let least = kind.shown.iter_mut().min_by_key(|shown| shown.greatness());
        if let Some(least) = least.filter(|least| least.greatness() < finding.greatness()) {
            *least = finding;
        }
    }

    /// In how many places.
    #[must_use]
    pub fn places(&self, kind: FindingKind) -> u64 {
        self.kinds[kind as usize].places
    }

    /// How many bars, sessions or rows in all of them.
    #[must_use]
    pub fn count(&self, kind: FindingKind) -> u64 {
        self.kinds[kind as usize].count
    }

    /// The greatest, in the order of time.
    #[must_use]
    pub fn shown(&self, kind: FindingKind) -> Vec<Finding> {
        let mut shown = self.kinds[kind as usize].shown.clone();
        shown.sort_by_key(|finding| finding.from);
        shown
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|kind| kind.places == 0)
    }
}
