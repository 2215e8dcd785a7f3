//! What one fill does, worked out before anything is changed.

use domain::{Contract, Fill, Instrument, Money};

use crate::{BookingError, Position, position::profit};

/// The position after a fill and what the fill adds to cash.
pub(crate) struct Booking {
    pub(crate) position: Position,
    pub(crate) cash: Money,
}

/// What a fill takes off the open quantity: the value with the sign of the fill, the cost with that of the
/// position.
struct Closing {
    value: Money,
    cost: Money,
}

impl Booking {
    #[inline]
    pub(crate) fn of(fill: &Fill, instrument: &Instrument, held: &Position) -> Result<Self, BookingError> {
        refuse(fill, instrument)?;
        let signed = fill.signed_quantity();
        let value = instrument.value(fill.price, signed)?;
        let closing = Closing::of(fill, instrument, held, value)?;
        let profit = closing.profit(instrument)?;
        let gross =
            if instrument.kind.settles_in_full() { Money::ZERO.checked_sub(value) } else { Some(profit) };
        let cash = gross.and_then(|gross| gross.checked_sub(fill.fee)).ok_or(BookingError::OUT_OF_RANGE)?;
        let position = after(fill, held, value, &closing, profit).ok_or(BookingError::OUT_OF_RANGE)?;
        Ok(Self { position, cash })
    }
}

fn refuse(fill: &Fill, instrument: &Instrument) -> Result<(), BookingError> {
    if fill.instrument != instrument.id {
        return Err(BookingError::WrongInstrument { named: fill.instrument, given: instrument.id });
    }
    if !fill.quantity.is_positive() {
        return Err(BookingError::QuantityNotPositive);
    }
    if instrument.kind.settles_in_full() && matches!(instrument.contract, Contract::Inverse { .. }) {
        return Err(BookingError::ContradictoryInstrument(instrument.id));
    }
    Ok(())
}

impl Closing {
    const NOTHING: Self = Self { value: Money::ZERO, cost: Money::ZERO };

    fn of(fill: &Fill, instrument: &Instrument, held: &Position, value: Money) -> Result<Self, BookingError> {
        let signed = fill.signed_quantity();
        let opens = held.quantity.is_zero() || held.quantity.is_negative() == signed.is_negative();
        if opens {
            return Ok(Self::NOTHING);
        }
        if fill.quantity <= held.quantity.abs() {
            let cost = held.cost.portion(signed.negate(), held.quantity)?;
            return Ok(Self { value, cost });
        }
        let value = instrument.value(fill.price, held.quantity.negate())?;
        Ok(Self { value, cost: held.cost })
    }

    fn profit(&self, instrument: &Instrument) -> Result<Money, BookingError> {
        let exit = Money::ZERO.checked_sub(self.value);
        exit.and_then(|exit| profit(instrument, self.cost, exit)).ok_or(BookingError::OUT_OF_RANGE)
    }
}

/// Close, then open with the rest: what is opened is worth the whole fill less what was closed, so no fraction
/// of a value is booked twice or not at all. `None` when a figure is out of range.
fn after(fill: &Fill, held: &Position, value: Money, closing: &Closing, profit: Money) -> Option<Position> {
    let opened = value.checked_sub(closing.value)?;
    Some(Position {
        quantity: held.quantity.checked_add(fill.signed_quantity())?,
        cost: held.cost.checked_sub(closing.cost)?.checked_add(opened)?,
        realised: held.realised.checked_add(profit)?,
        fees: held.fees.checked_add(fill.fee)?,
        dividends: held.dividends,
        mark: held.mark.or(Some(fill.price)),
    })
}
