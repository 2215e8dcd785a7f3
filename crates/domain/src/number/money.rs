use super::{NumberError, Price, Quantity, Rate, decimal};

/// An amount of one currency: eighteen decimals, within ±1.7·10²⁰. Sums and products of prices and quantities
/// are exact; the few divisions say how they round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

decimal!(Money, i128, 18);

impl Money {
    /// From a whole number of currency units.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units as i128 * Self::SCALE)
    }

    /// For statistics only.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e18
    }

    /// This amount times a whole factor.
    ///
    /// # Errors
    /// `Overflow` outside the range.
    pub fn times(self, factor: i64) -> Result<Self, NumberError> {
        self.0.checked_mul(i128::from(factor)).map(Self).ok_or(NumberError::Overflow)
    }

    /// The `rate` share of this amount; what does not fit eighteen decimals is rounded away from zero, so a fee
    /// is never understated.
    ///
    /// # Errors
    /// `Overflow` outside the range.
    pub fn share(self, rate: Rate) -> Result<Self, NumberError> {
        let scale = i128::from(Rate::SCALE);
        let (whole, rest) = (self.0 / scale, self.0 % scale);
        let factor = i128::from(rate.raw());
        let rest = rest * factor;
        let rounded = rest / scale + if rest % scale == 0 { 0 } else { rest.signum() };
        whole
            .checked_mul(factor)
            .and_then(|whole| whole.checked_add(rounded))
            .map(Self)
            .ok_or(NumberError::Overflow)
    }

    /// The part of this amount that belongs to `part` out of `whole`, truncated toward zero. The remainder stays
    /// with what is left, so parts always add up to the amount.
    ///
    /// # Errors
    /// `DivisionByZero` for an empty whole; `Overflow` when `part` exceeds `whole` beyond the range.
    pub fn portion(self, part: Quantity, whole: Quantity) -> Result<Self, NumberError> {
        if whole.is_zero() {
            return Err(NumberError::DivisionByZero);
        }
        if part == whole {
            return Ok(self);
        }
        multiply_divide(self.0, part.raw(), whole.raw()).map(Self)
    }

    /// This amount per unit of quantity, rounded half away from zero to a price's nine decimals: an average
    /// price for display, never for bookkeeping.
    #[must_use]
    pub fn per_unit(self, quantity: Quantity) -> Option<Price> {
        let divisor = quantity.raw();
        if divisor == 0 {
            return None;
        }
        let (whole, rest) = (self.0.checked_div(divisor)?, self.0.checked_rem(divisor)?);
        let up = rest.unsigned_abs() * 2 >= divisor.unsigned_abs();
        let sign = self.0.signum() * divisor.signum();
        i64::try_from(if up { whole + sign } else { whole }).ok().map(Price::from_raw)
    }
}

/// `value × numerator / denominator` truncated toward zero, through 256-bit long division where 128 bits do not
/// hold the product.
fn multiply_divide(value: i128, numerator: i128, denominator: i128) -> Result<i128, NumberError> {
    if let Some(product) = value.checked_mul(numerator) {
        return product.checked_div(denominator).ok_or(NumberError::Overflow);
    }
    let negative = (value < 0) ^ (numerator < 0) ^ (denominator < 0);
    let (high, low) = wide_product(value.unsigned_abs(), numerator.unsigned_abs());
    let quotient = wide_divide(high, low, denominator.unsigned_abs()).ok_or(NumberError::Overflow)?;
    let quotient = i128::try_from(quotient).map_err(|_| NumberError::Overflow)?;
    Ok(if negative { -quotient } else { quotient })
}

fn wide_product(left: u128, right: u128) -> (u128, u128) {
    const MASK: u128 = u64::MAX as u128;
    let (left_high, left_low) = (left >> 64, left & MASK);
    let (right_high, right_low) = (right >> 64, right & MASK);
    let low = left_low * right_low;
    let cross = left_high * right_low + (low >> 64);
    let middle = left_low * right_high + (cross & MASK);
    (left_high * right_high + (cross >> 64) + (middle >> 64), (middle << 64) | (low & MASK))
}

/// Schoolbook binary division; `None` when the quotient needs more than 128 bits.
fn wide_divide(high: u128, low: u128, divisor: u128) -> Option<u128> {
    if high >= divisor {
        return None;
    }
    let (mut rest, mut quotient) = (high, 0u128);
    for bit in (0..128).rev() {
        let carry = rest >> 127;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if carry == 1 || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    Some(quotient)
}
