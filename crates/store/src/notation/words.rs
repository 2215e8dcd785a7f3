//! The words that stand in columns for the values of small enums. They are part of the tables' format.

use domain::{InstrumentKind, LinkRole, Liquidity, OrderStatus, Side, SpreadRegime, TimeInForce};

use crate::rows::{AccountMode, Role};

/// A small enum with a word for each value.
pub(crate) trait Word: Copy + 'static {
    const ALL: &'static [Self];

    fn word(self) -> &'static str;

    fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == text)
    }
}

impl Word for Side {
    const ALL: &'static [Self] = &[Self::Buy, Self::Sell];

    fn word(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
}

impl Word for SpreadRegime {
    const ALL: &'static [Self] = &[Self::Tight, Self::Usual, Self::Wide];

    fn word(self) -> &'static str {
        match self {
            Self::Tight => "tight",
            Self::Usual => "usual",
            Self::Wide => "wide",
        }
    }
}

impl Word for Liquidity {
    const ALL: &'static [Self] = &[Self::Maker, Self::Taker];

    fn word(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Taker => "taker",
        }
    }
}

impl Word for TimeInForce {
    const ALL: &'static [Self] = &[
        Self::Day,
        Self::GoodTillCancelled,
        Self::ImmediateOrCancel,
        Self::FillOrKill,
        Self::AtOpen,
        Self::AtClose,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::GoodTillCancelled => "gtc",
            Self::ImmediateOrCancel => "ioc",
            Self::FillOrKill => "fok",
            Self::AtOpen => "opg",
            Self::AtClose => "cls",
        }
    }
}

impl Word for LinkRole {
    const ALL: &'static [Self] = &[Self::Entry, Self::TakeProfit, Self::StopLoss, Self::OneCancelsOther];

    fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::TakeProfit => "take_profit",
            Self::StopLoss => "stop_loss",
            Self::OneCancelsOther => "one_cancels_other",
        }
    }
}

impl Word for OrderStatus {
    const ALL: &'static [Self] = &[
        Self::Pending,
        Self::Unknown,
        Self::Working,
        Self::PartiallyFilled,
        Self::Filled,
        Self::Cancelled,
        Self::Rejected,
        Self::Expired,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Working => "working",
            Self::PartiallyFilled => "partially_filled",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }
}

impl Word for InstrumentKind {
    const ALL: &'static [Self] =
        &[Self::Spot, Self::Equity, Self::Fx, Self::LinearPerpetual, Self::InversePerpetual];

    fn word(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Equity => "equity",
            Self::Fx => "fx",
            Self::LinearPerpetual => "linear_perpetual",
            Self::InversePerpetual => "inverse_perpetual",
        }
    }
}

impl Word for AccountMode {
    const ALL: &'static [Self] = &[Self::Backtest, Self::Paper, Self::Live];

    fn word(self) -> &'static str {
        match self {
            Self::Backtest => "backtest",
            Self::Paper => "paper",
            Self::Live => "live",
        }
    }
}

impl Word for Role {
    const ALL: &'static [Self] = &[Self::Viewer, Self::Trader, Self::Admin];

    fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Trader => "trader",
            Self::Admin => "admin",
        }
    }
}
