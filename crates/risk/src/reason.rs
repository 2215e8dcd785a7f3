use domain::{Money, Price, Quantity, Rate, Span};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{HaltKind, Rung};

/// Why the gate denied an order. Denials by a limit carry the limit and the figure that broke it. Variants are
/// appended, never reordered: their numbers are part of the journal's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    #[error("the account is halted: {0}")]
    Halted(HaltKind),
    #[error("the order names an instrument that is not known here")]
    UnknownInstrument,
    #[error("an order that waits for its trigger cannot also ask for immediate or auction execution")]
    KindNotSupported,
    #[error("the quantity is not more than zero")]
    QuantityNotPositive,
    #[error("the quantity is no multiple of the instrument's step")]
    OffStep,
    #[error("a price of the order is no multiple of the instrument's tick")]
    OffTick,
    #[error("the order asks for {asked}, more than the {limit} allowed in one order")]
    OrderTooLarge { limit: Quantity, asked: Quantity },
    #[error("the order may only reduce the position, and it does not")]
    NotReducing,
    #[error("with everything in flight the position would be {would_be}, past the {limit} allowed")]
    PositionTooLarge { limit: Quantity, would_be: Quantity },
    #[error("there is no reference price to be trusted")]
    NoReferencePrice,
    #[error(
        "the reference price is {} ms old, older than the {} ms allowed", .age.millis(), .limit.millis()
    )]
    StaleReferencePrice { limit: Span, age: Span },
    #[error("the limit price {asked} lies outside {low} to {high}")]
    PriceOutsideCollar { low: Price, high: Price, asked: Price },
    #[error("the order is worth {asked}, more than the {limit} allowed for one order")]
    NotionalTooLarge { limit: Money, asked: Money },
    #[error("with this order all positions and orders would be worth {would_be}, past the {limit} allowed")]
    GrossNotionalTooLarge { limit: Money, would_be: Money },
    #[error("there are already {limit} open orders, which is all that is allowed")]
    TooManyOpenOrders { limit: u32 },
    #[error("{limit} orders were sent within the rate window, which is all that is allowed")]
    TooManyOrders { limit: u32 },
    #[error("the day's loss of {loss} has reached the {limit} allowed: no order may add risk")]
    DailyLoss { limit: Money, loss: Money },
    #[error(
        "equity is {equity}, down from {peak} by the share of {limit} allowed or more: no order may add risk"
    )]
    Drawdown { limit: Rate, equity: Money, peak: Money },
    #[error("a figure of the order is out of range")]
    NumberOutOfRange,
    #[error("the account is down to {rung}, which does not admit this order")]
    Rung { rung: Rung },
}

impl Reason {
    /// The halt that a loss limit leads to.
    #[must_use]
    pub const fn halt(&self) -> Option<HaltKind> {
        match self {
            Self::DailyLoss { .. } => Some(HaltKind::DailyLoss),
            Self::Drawdown { .. } => Some(HaltKind::Drawdown),
            _ => None,
        }
    }

    /// A stable name for journals, metrics and clients.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Halted(_) => "halted",
            Self::UnknownInstrument => "unknown_instrument",
            Self::KindNotSupported => "kind_not_supported",
            Self::QuantityNotPositive => "quantity_not_positive",
            Self::OffStep => "off_step",
            Self::OffTick => "off_tick",
            Self::OrderTooLarge { .. } => "order_too_large",
            Self::NotReducing => "not_reducing",
            Self::PositionTooLarge { .. } => "position_too_large",
            Self::NoReferencePrice => "no_reference_price",
            Self::StaleReferencePrice { .. } => "stale_reference_price",
            Self::PriceOutsideCollar { .. } => "price_outside_collar",
            Self::NotionalTooLarge { .. } => "notional_too_large",
            Self::GrossNotionalTooLarge { .. } => "gross_notional_too_large",
            Self::TooManyOpenOrders { .. } => "too_many_open_orders",
            Self::TooManyOrders { .. } => "too_many_orders",
            Self::DailyLoss { .. } => "daily_loss",
            Self::Drawdown { .. } => "drawdown",
            Self::NumberOutOfRange => "number_out_of_range",
            Self::Rung { .. } => "rung",
        }
    }
}
