use domain::{BarRule, InstrumentId, Rate, Span};
use market::{
    BookRules, Calendar, GroupError, PairError, PairLimits, RegimeError, RegimeLimits, RevisionLimits,
    SpreadLimits,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which of two witnesses of the best bid and ask speaks for an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteSource {
    /// The feed's own quotes; the rebuilt book speaks only until the first of them comes.
    #[default]
    Feed,
    /// The top of the rebuilt book; the feed's quotes only check it.
    Book,
    /// Whichever is ahead by its update id, so that an older view never follows a newer one.
    Both,
}

/// Refuses prices that lie far from the last good one, until they prove to be the new level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlierGuard {
    /// How far from the last good price, as a share of it (0.1 is 10 %).
    pub move_max: Rate,
    /// So many outliers in a row that agree with one another are believed: the last of them passes.
    pub confirmations: u32,
}

/// Pairs to watch, the first of each explained by the second.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    pub pairs: Vec<(InstrumentId, InstrumentId)>,
    pub limits: PairLimits,
}

/// What a [`super::Flow`] does.
#[derive(Debug, Clone)]
pub struct FlowConfig {
    /// The instruments whose books are built, and how. Depth of others is refused.
    pub books: Vec<(InstrumentId, BookRules)>,
    /// Where not the default.
    pub quote_sources: Vec<(InstrumentId, QuoteSource)>,
    /// Every instrument's trades become bars by each of these.
    pub bar_rules: Vec<BarRule>,
    /// How long after its end a bar is kept open for trades that are still under way.
    pub bar_grace: Span,
    /// What is kept so that bars are told anew when trades of them come late or are amended; `None` leaves such
    /// trades out.
    pub bar_revisions: Option<RevisionLimits>,
    /// Whose hours an instrument keeps, where they are not those of its kind.
    pub calendars: Vec<(InstrumentId, Calendar)>,
    /// Instruments that are compared with one another.
    pub spread_groups: Vec<Vec<InstrumentId>>,
    pub spread_limits: SpreadLimits,
    pub pairs: Option<Pairs>,
    /// Follows how wide bid and ask of each instrument are.
    pub regimes: Option<RegimeLimits>,
    /// How many levels of each side a depth event carries; none are emitted at zero.
    pub depth_levels: usize,
    /// An instrument is invalid after so long a silence while its market is open.
    pub stale_after: Option<Span>,
    /// A time further ahead of the newest than this is refused, unless the next message confirms it. Time that
    /// [`super::Flow::flush`] tells counts as newest.
    pub future_max: Span,
    /// A receive time behind the newest by no more than this is raised to it; an older one is refused.
    pub step_back_max: Span,
    pub outlier_guard: Option<OutlierGuard>,
}

impl FlowConfig {
    /// No books, bars, spreads or depth; times at most an hour ahead and a second behind.
    #[must_use]
    pub fn checks_only(spread_limits: SpreadLimits) -> Self {
        Self {
            books: Vec::new(),
            quote_sources: Vec::new(),
            bar_rules: Vec::new(),
            bar_grace: Span::ZERO,
            bar_revisions: None,
            calendars: Vec::new(),
            spread_groups: Vec::new(),
            spread_limits,
            pairs: None,
            regimes: None,
            depth_levels: 0,
            stale_after: None,
            future_max: Span::HOUR,
            step_back_max: Span::SECOND,
            outlier_guard: None,
        }
    }
}

/// Why a flow cannot be made as asked.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum FlowError {
    #[error("instrument {0} is not listed")]
    UnknownInstrument(InstrumentId),
    #[error("{0} instruments are more than a flow takes")]
    TooManyInstruments(usize),
    #[error("instrument {0} takes its quotes from its book, but has no rules to build one by")]
    NoBook(InstrumentId),
    #[error("bars by `{0}` have no size")]
    NoSize(BarRule),
    #[error("the pairs are wrong: {0}")]
    Pairs(#[from] PairError),
    #[error("the regimes are wrong: {0}")]
    Regimes(#[from] RegimeError),
    #[error("a spread group is wrong: {0}")]
    Group(#[from] GroupError),
}
