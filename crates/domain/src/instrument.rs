//! What can be traded, where, in which steps, and what a quantity of it is worth.

use serde::{Deserialize, Serialize};

use crate::{Currency, InstrumentId, Money, NumberError, Price, Quantity, Rate, code::Venue};

/// What kind of thing changes hands, and so what a fill does to cash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    Spot,
    Equity,
    Fx,
    LinearPerpetual,
    InversePerpetual,
}

impl InstrumentKind {
    /// Whether a fill moves the full value through cash. Derivatives settle only their profit and loss.
    #[must_use]
    pub const fn settles_in_full(self) -> bool {
        matches!(self, Self::Spot | Self::Equity | Self::Fx)
    }
}

/// How price and quantity make a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// Value = price × quantity × size, in the quote currency.
    Linear { size: Rate },
    /// Value = quantity × size / price, in the base currency; the size is in quote units.
    Inverse { size: Rate },
}

impl Contract {
    /// One unit is one unit: spot, shares, most linear perpetuals.
    pub const UNIT: Self = Self::Linear { size: Rate::from_raw(Rate::SCALE) };
}

/// One instrument on one venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    pub id: InstrumentId,
    /// The venue's own symbol.
    pub symbol: String,
    pub venue: Venue,
    pub kind: InstrumentKind,
    pub contract: Contract,
    /// What is bought: the asset by which instruments of several venues are compared.
    pub base: Currency,
    /// What prices are quoted in.
    pub quote: Currency,
    /// What cash, fees and profit are paid in.
    pub settlement: Currency,
    pub price_tick: Price,
    pub quantity_step: Quantity,
    pub maker_fee: Rate,
    pub taker_fee: Rate,
}

impl Instrument {
    /// What `quantity` at `price` is worth in the settlement currency, with the sign of the quantity. Exact for
    /// linear contracts of whole size; inverse values truncate toward zero at eighteen decimals.
    ///
    /// # Errors
    /// `Overflow` outside the range, `DivisionByZero` for an inverse contract at price zero.
    #[inline]
    pub fn value(&self, price: Price, quantity: Quantity) -> Result<Money, NumberError> {
        match self.contract {
            Contract::Linear { size } if size.raw() == Rate::SCALE => price.times(quantity),
            Contract::Linear { size } => price.times(quantity)?.share(size),
            Contract::Inverse { size } => {
                let contracts = Price::from_raw(size.raw()).times(quantity)?;
                let scaled = contracts.times(Price::SCALE)?.raw();
                scaled
                    .checked_div(i128::from(price.raw()))
                    .map(Money::from_raw)
                    .ok_or(NumberError::DivisionByZero)
            }
        }
    }

    /// How many units of the base asset `quantity` at `price` stands for, so that sizes of spot and derivatives
    /// compare. For comparison only: truncated to nine decimals. `None` when it cannot be computed.
    #[must_use]
    pub fn base_quantity(&self, price: Price, quantity: Quantity) -> Option<Quantity> {
        match self.contract {
            Contract::Linear { size } if size.raw() == Rate::SCALE => Some(quantity),
            Contract::Linear { size } => {
                let raw = quantity.raw().checked_mul(i128::from(size.raw()))?;
                Some(Quantity::from_raw(raw / i128::from(Rate::SCALE)))
            }
            Contract::Inverse { .. } => {
                let value = self.value(price, quantity).ok()?;
                Some(Quantity::from_raw(value.raw() / Quantity::SCALE))
            }
        }
    }
}

/// The instruments a process knows, dense by id. Append-only: an id never changes its meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instruments(Vec<Instrument>);

impl Instruments {
    /// Appends the instrument under the next id, or returns the id it already has.
    ///
    /// # Errors
    /// `Overflow` past 2³² instruments.
    pub fn list(&mut self, mut instrument: Instrument) -> Result<InstrumentId, NumberError> {
        if let Some(known) = self.find(instrument.venue, &instrument.symbol) {
            return Ok(known.id);
        }
        let id = u32::try_from(self.0.len()).map(InstrumentId).map_err(|_| NumberError::Overflow)?;
        instrument.id = id;
        self.0.push(instrument);
        Ok(id)
    }

    #[must_use]
    #[inline]
    pub fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.get(id.index())
    }

    #[must_use]
    pub fn find(&self, venue: Venue, symbol: &str) -> Option<&Instrument> {
        self.0.iter().find(|instrument| instrument.venue == venue && instrument.symbol == symbol)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Instrument> {
        self.0.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Instruments {
    type Item = &'a Instrument;
    type IntoIter = std::slice::Iter<'a, Instrument>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
