use std::fmt;

use serde::{Deserialize, Serialize};

/// Why an account stands still until a person resumes it. Variants are appended, never reordered: their numbers are
/// part of the journal's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaltKind {
    /// A person pressed the switch.
    ByOperator,
    /// The day's loss reached its limit.
    DailyLoss,
    /// The fall from the highest equity reached its limit.
    Drawdown,
    /// The journal could not be written, so nothing may leave.
    JournalFault,
    /// The venue reported something that no order of ours accounts for.
    VenueFault,
    /// A fill could not be booked, so the books are not to be trusted.
    BookingFault,
    /// The strategy failed or exceeded its means.
    StrategyFault,
    /// The account's cell met the same bug again after it was rebuilt from its journal.
    CellFault,
    /// A position was left open where the ladder wants it closed.
    FlattenFault,
}

impl HaltKind {
    /// A stable name for journals, metrics and clients.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ByOperator => "by_operator",
            Self::DailyLoss => "daily_loss",
            Self::Drawdown => "drawdown",
            Self::JournalFault => "journal_fault",
            Self::VenueFault => "venue_fault",
            Self::BookingFault => "booking_fault",
            Self::StrategyFault => "strategy_fault",
            Self::CellFault => "cell_fault",
            Self::FlattenFault => "flatten_fault",
        }
    }

    /// Whether orders that only reduce a position still pass. After a loss the books are right and closing is what
    /// ends the loss; every other halt may mean that the position itself is not known, or is a person's word.
    #[must_use]
    pub const fn admits_reducing(self) -> bool {
        matches!(self, Self::DailyLoss | Self::Drawdown)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::ByOperator => "an operator halted it",
            Self::DailyLoss => "the daily loss limit was reached; only orders that reduce a position pass",
            Self::Drawdown => "the drawdown limit was reached; only orders that reduce a position pass",
            Self::JournalFault => "the journal cannot be written",
            Self::VenueFault => "the venue reported what no order accounts for",
            Self::BookingFault => "a fill could not be booked",
            Self::StrategyFault => "the strategy failed",
            Self::CellFault => "a fault came back after the account was rebuilt",
            Self::FlattenFault => "a position could not be closed",
        }
    }
}

impl fmt::Display for HaltKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
