use super::{NumberError, decimal};

/// An amount of an instrument (shares, coins, contracts): nine decimals, wide enough for a day's volume of a
/// coin that trades 10¹² units. Signed where it is a position; orders and fills are positive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i128);

decimal!(Quantity, i128, 9);

impl Quantity {
    /// From a whole number of units.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units as i128 * Self::SCALE)
    }

    /// The nearest quantity to a computed float. `None` past 10²⁰ or for NaN.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let scaled = (value * 1e9).round();
        (scaled.abs() < 1e29).then_some(Self(scaled as i128))
    }

    /// For indicators and statistics only.
    #[must_use]
    #[inline]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Whether the quantity is a whole number of `step`s.
    #[must_use]
    pub const fn is_multiple_of(self, step: Self) -> bool {
        step.0 > 0 && self.0 % step.0 == 0
    }

    /// The nearest multiple of `step` toward zero.
    #[must_use]
    pub const fn truncate_to(self, step: Self) -> Self {
        if step.0 <= 0 { self } else { Self(self.0 - self.0 % step.0) }
    }

    /// This quantity × `numerator` / `denominator`, as a share split does.
    ///
    /// # Errors
    /// `TooPrecise` when the result needs more than nine decimals (the caller decides about the fraction),
    /// `Overflow`, `DivisionByZero`.
    pub fn scaled_exact(self, numerator: i64, denominator: i64) -> Result<Self, NumberError> {
        if denominator == 0 {
            return Err(NumberError::DivisionByZero);
        }
        let product = self.0.checked_mul(i128::from(numerator)).ok_or(NumberError::Overflow)?;
        let denominator = i128::from(denominator);
        let quotient = product.checked_div(denominator).ok_or(NumberError::Overflow)?;
        if product % denominator != 0 {
            return Err(NumberError::TooPrecise(Self::DECIMALS));
        }
        Ok(Self(quotient))
    }
}
