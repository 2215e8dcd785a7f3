//! How much to buy.

use domain::{Instrument, Money, Price, Quantity, Rate};
use engine::Desk;

use crate::StrategyError;
use crate::parameters::{ParameterDoc, Parameters};

/// How large a position is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizing {
    /// So many units.
    Quantity(Quantity),
    /// As much as this value buys, in the settlement currency.
    Notional(Money),
    /// As much as this share of the account's equity buys.
    EquityShare(Rate),
}

pub(super) const QUANTITY: ParameterDoc = ParameterDoc {
    name: "quantity",
    expected: "a decimal above zero in whole quantity steps, and neither `notional` nor `equity_share`",
    default: None,
    summary: "The size of the position in units. One of `quantity`, `notional` and `equity_share` must be given.",
};

pub(super) const NOTIONAL: ParameterDoc = ParameterDoc {
    name: "notional",
    expected: "an amount of money above zero, and neither `quantity` nor `equity_share`",
    default: None,
    summary: "The size of the position as what it is worth when it is entered.",
};

pub(super) const EQUITY_SHARE: ParameterDoc = ParameterDoc {
    name: "equity_share",
    expected: "a share above zero and at most 10, and neither `quantity` nor `notional`",
    default: None,
    summary: "The size of the position as a share of the account's equity when it is entered: 0.95 is nearly all.",
};

impl Sizing {
    pub(super) fn from_parameters(
        parameters: &Parameters<'_>,
        instrument: &Instrument,
    ) -> Result<Self, StrategyError> {
        let quantity: Option<Quantity> = parameters.decimal("quantity")?;
        let notional: Option<Money> = parameters.decimal("notional")?;
        let share: Option<Rate> = parameters.decimal("equity_share")?;
        match (quantity, notional, share) {
            (None, None, None) => Err(parameters.missing("quantity")),
            (Some(quantity), None, None) => {
                let sound = quantity.is_positive() && quantity.is_multiple_of(instrument.quantity_step);
                sound.then_some(Self::Quantity(quantity)).ok_or_else(|| parameters.invalid("quantity"))
            }
            (None, Some(notional), None) => {
                let sound = notional > Money::ZERO;
                sound.then_some(Self::Notional(notional)).ok_or_else(|| parameters.invalid("notional"))
            }
            (None, None, Some(share)) => {
                let sound = (1..=10 * Rate::SCALE).contains(&share.raw());
                sound.then_some(Self::EquityShare(share)).ok_or_else(|| parameters.invalid("equity_share"))
            }
            (Some(_), _, _) => Err(parameters.invalid("quantity")),
            (None, Some(_), Some(_)) => Err(parameters.invalid("notional")),
        }
    }

    /// The units that this comes to at `price`, in whole steps; `None` when it cannot be computed.
    #[must_use]
    pub fn quantity(&self, desk: &Desk<'_>, instrument: &Instrument, price: Price) -> Option<Quantity> {
        match *self {
            Self::Quantity(quantity) => Some(quantity),
            Self::Notional(notional) => units_for(notional, instrument, price),
            Self::EquityShare(share) => {
                let equity = desk.state().equity()?;
                units_for(equity.share(share).ok()?, instrument, price)
            }
        }
    }
}

/// How many units `money` buys at `price`, in whole steps.
pub(super) fn units_for(money: Money, instrument: &Instrument, price: Price) -> Option<Quantity> {
    let unit = instrument.value(price, Quantity::from_units(1)).ok()?.abs().raw();
    let raw = money.raw().checked_mul(Quantity::SCALE)?.checked_div(unit)?;
    Some(Quantity::from_raw(raw).truncate_to(instrument.quantity_step))
}
