use domain::{Contract, Instrument, Money, NumberError, Price, Quantity};
use serde::{Deserialize, Serialize};

/// What an account holds of one instrument and what it has made of it. Money is in the instrument's settlement
/// currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Negative when short.
    pub quantity: Quantity,
    /// The entry value of the open quantity, with its sign; zero when nothing is open.
    pub cost: Money,
    /// Profit of what was closed, before fees and dividends.
    pub realised: Money,
    /// Paid less rebates received.
    pub fees: Money,
    /// Received less owed.
    pub dividends: Money,
    /// The last price known; the price of the first fill until the market gives one.
    pub mark: Option<Price>,
}

impl Position {
    /// Whether nothing ever happened here but price changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { mark: self.mark, ..Self::default() }
    }

    /// What the open quantity is worth at the mark, with its sign. `None` when it has none.
    ///
    /// # Errors
    /// As [`Instrument::value`].
    pub fn value(&self, instrument: &Instrument) -> Result<Option<Money>, NumberError> {
        if self.quantity.is_zero() {
            return Ok(Some(Money::ZERO));
        }
        self.mark.map(|mark| instrument.value(mark, self.quantity)).transpose()
    }

    /// The average entry price, rounded to nine decimals: for display, never for bookkeeping.
    #[must_use]
    pub fn average_price(&self, instrument: &Instrument) -> Option<Price> {
        match instrument.contract {
            Contract::Linear { size } => {
                let units =
                    self.quantity.raw().checked_mul(i128::from(size.raw()))? / i128::from(Price::SCALE);
                self.cost.per_unit(Quantity::from_raw(units))
            }
            Contract::Inverse { size } => {
                let contracts = Price::from_raw(size.raw()).times(self.quantity).ok()?;
                let scaled = contracts.times(Price::SCALE).ok()?;
                let raw = scaled.raw().checked_div(self.cost.raw())?;
                i64::try_from(raw).ok().map(Price::from_raw)
            }
        }
    }
}

/// The profit of having gone in at `entry` and standing at `exit`, both with the sign of the position. An
/// inverse contract is worth less of its base currency the higher the price, so there the sign turns.
pub(crate) fn profit(instrument: &Instrument, entry: Money, exit: Money) -> Option<Money> {
    match instrument.contract {
        Contract::Linear { .. } => exit.checked_sub(entry),
        Contract::Inverse { .. } => entry.checked_sub(exit),
    }
}
