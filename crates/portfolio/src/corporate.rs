//! What companies do to their shares.

use domain::{CorporateAction, CorporateTerms, Dividend, Instrument, Money, Price, Quantity, Split};
use serde::{Deserialize, Serialize};

use crate::{BookingError, Portfolio, Position, booking::Booking, position::profit};

/// What a corporate action did to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorporateEffect {
    /// `after` is `before × numerator / denominator` truncated toward zero; `remainder / denominator` billionths
    /// of a share were cut off, with the sign of the position. What the broker pays for them is a deposit.
    Split { before: Quantity, after: Quantity, remainder: i128, denominator: u32 },
    /// Negative for a short position, which owes the dividend.
    Dividend { paid: Money },
}

impl Portfolio {
    /// Splits or pays. A split leaves the cost as it is and turns the mark with the quantity, so equity stays
    /// where it was but for the rounding of the mark to nine decimals.
    ///
    /// # Errors
    /// [`BookingError`], and then nothing has changed.
    pub fn apply_corporate(
        &mut self,
        action: &CorporateAction,
        instrument: &Instrument,
    ) -> Result<CorporateEffect, BookingError> {
        refuse(action, instrument)?;
        let held = self.position(instrument.id);
        let (booking, effect) = match action.terms {
            CorporateTerms::Split(split) => split_position(&held, split, instrument)?,
            CorporateTerms::Dividend(dividend) => pay(&held, dividend)?,
        };
        self.commit(instrument, booking)?;
        Ok(effect)
    }
}

fn refuse(action: &CorporateAction, instrument: &Instrument) -> Result<(), BookingError> {
    if action.instrument != instrument.id {
        return Err(BookingError::WrongInstrument { named: action.instrument, given: instrument.id });
    }
    if !instrument.kind.settles_in_full() {
        return Err(BookingError::NotHeldOutright(instrument.id));
    }
    Ok(())
}

fn pay(held: &Position, dividend: Dividend) -> Result<(Booking, CorporateEffect), BookingError> {
    let paid = dividend.per_share.times(held.quantity)?;
    let dividends = held.dividends.checked_add(paid).ok_or(BookingError::OUT_OF_RANGE)?;
    let position = Position { dividends, ..*held };
    Ok((Booking { position, cash: paid }, CorporateEffect::Dividend { paid }))
}

fn split_position(
    held: &Position,
    split: Split,
    instrument: &Instrument,
) -> Result<(Booking, CorporateEffect), BookingError> {
    let Split { numerator, denominator } = split;
    if numerator == 0 || denominator == 0 {
        return Err(BookingError::EmptySplit);
    }
    let scaled = held.quantity.raw().checked_mul(i128::from(numerator)).ok_or(BookingError::OUT_OF_RANGE)?;
    let after = Quantity::from_raw(scaled / i128::from(denominator));
    let remainder = scaled % i128::from(denominator);
    let mark = held.mark.map(|mark| split_mark(mark, split)).transpose()?;
    let position = Position { quantity: after, mark, ..*held };
    let position = if after.is_zero() { close_out(position, instrument)? } else { position };
    let effect = CorporateEffect::Split { before: held.quantity, after, remainder, denominator };
    Ok((Booking { position, cash: Money::ZERO }, effect))
}

/// To the nearest nine decimals, half away from zero.
fn split_mark(mark: Price, split: Split) -> Result<Price, BookingError> {
    let scaled = i128::from(mark.raw()) * i128::from(split.denominator);
    let divisor = i128::from(split.numerator);
    let (whole, rest) = (scaled / divisor, scaled % divisor);
    let up = if rest.abs() * 2 >= divisor { rest.signum() } else { 0 };
    i64::try_from(whole + up).map(Price::from_raw).map_err(|_| BookingError::OUT_OF_RANGE)
}

/// A holding so small that the split left nothing of it: its cost is realised, so that no cost stands without a
/// quantity.
fn close_out(position: Position, instrument: &Instrument) -> Result<Position, BookingError> {
    let realised = profit(instrument, position.cost, Money::ZERO)
        .and_then(|loss| position.realised.checked_add(loss))
        .ok_or(BookingError::OUT_OF_RANGE)?;
    Ok(Position { cost: Money::ZERO, realised, ..position })
}
