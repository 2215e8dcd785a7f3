use super::{NumberError, decimal_faces, text};

/// An amount of an instrument (shares, coins, contracts): nine decimals, wide enough for a day's volume of a
/// coin that trades 10¹² units. Signed where it is a position; orders and fills are positive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i128);

decimal_faces!(Quantity, i128, Quantity::DECIMALS);

impl Quantity {
    pub const DECIMALS: u32 = 9;
    pub const SCALE: i128 = 1_000_000_000;
    pub const ZERO: Self = Self(0);

    /// From units of 10⁻⁹.
    #[must_use]
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// In units of 10⁻⁹.
    #[must_use]
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// From a whole number of units.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units as i128 * Self::SCALE)
    }

    /// Reads decimal text such as `0.02000000`.
    ///
    /// # Errors
    /// See [`NumberError`].
    #[inline]
    pub fn parse(bytes: &[u8]) -> Result<Self, NumberError> {
        text::parse(bytes, Self::DECIMALS).map(Self)
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

    #[must_use]
    #[inline]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(raw) => Some(Self(raw)),
            None => None,
        }
    }

    #[must_use]
    #[inline]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(raw) => Some(Self(raw)),
            None => None,
        }
    }

    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The magnitude; saturates at the end of the range.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The opposite sign; saturates at the end of the range.
    #[must_use]
    pub const fn negate(self) -> Self {
        Self(self.0.saturating_neg())
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
