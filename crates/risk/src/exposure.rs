use domain::{Money, Price, Quantity, Span};

use crate::{HaltKind, Rung};

/// What is true of the account before the order that is asked about. The order itself is not in any figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Of this instrument; negative when short.
    pub position: Quantity,
    /// What all buys of this instrument may still fill, those with an unknown fate included; never negative.
    pub working_buy: Quantity,
    /// The same for sells; never negative.
    pub working_sell: Quantity,
    /// The last price of this instrument.
    pub reference: Option<Price>,
    /// How long ago that price was known.
    pub reference_age: Span,
    /// Whether the feed stands by that price; false between a gap and the next good quote.
    pub reference_valid: bool,
    /// In the settlement currency: the sum over all instruments of |position| and of every working order, at
    /// value.
    pub gross_notional: Money,
    /// Orders of the account that are not known to be over.
    pub open_orders: u32,
    /// From [`crate::RateWindow::count`].
    pub orders_in_window: u32,
    /// Equity now less equity at the start of the day, in the settlement currency; negative for a loss.
    pub day_profit: Money,
    /// Cash and positions at market, in the settlement currency.
    pub equity: Money,
    /// The highest equity the account has had.
    pub equity_peak: Money,
    pub halt: Option<HaltKind>,
    /// Where the account stands on the ladder.
    pub rung: Rung,
}
