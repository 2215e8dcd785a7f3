use super::{Money, NumberError, Quantity, decimal};

/// A price in units of the quote currency, nine decimals, within ±9.2 billion. May be negative (futures have
/// traded below zero).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i64);

decimal!(Price, i64, 9);

impl Price {
    pub const MAX: Self = Self(i64::MAX);

    /// From a whole number of units. For literals; overflows only past 9.2 billion.
    #[must_use]
    pub const fn from_units(units: i32) -> Self {
        Self(units as i64 * Self::SCALE)
    }

    /// From `mantissa` × 10^-`decimals`, for wires that send scaled integers.
    ///
    /// # Errors
    /// `Overflow` outside the range, `TooPrecise` for more than nine decimals.
    pub fn from_scaled(mantissa: i64, decimals: u32) -> Result<Self, NumberError> {
        let missing = Self::DECIMALS.checked_sub(decimals).ok_or(NumberError::TooPrecise(Self::DECIMALS))?;
        mantissa.checked_mul(10i64.pow(missing)).map(Self).ok_or(NumberError::Overflow)
    }

    /// The nearest price to a computed float, for indicators that become orders. `None` outside the range.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let scaled = (value * 1e9).round();
        (scaled.abs() < 9.2e18).then_some(Self(scaled as i64))
    }

    /// For indicators and statistics only.
    #[must_use]
    #[inline]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Exact: nine decimals times nine decimals are the eighteen of [`Money`].
    ///
    /// # Errors
    /// `Overflow` past 1.7·10²⁰.
    #[inline]
    pub fn times(self, quantity: Quantity) -> Result<Money, NumberError> {
        let raw = match i64::try_from(quantity.raw()) {
            Ok(narrow) => i128::from(self.0) * i128::from(narrow),
            Err(_) => i128::from(self.0).checked_mul(quantity.raw()).ok_or(NumberError::Overflow)?,
        };
        Ok(Money::from_raw(raw))
    }

    /// Whether the price is a whole number of `tick`s.
    #[must_use]
    pub const fn is_multiple_of(self, tick: Self) -> bool {
        tick.0 > 0 && self.0 % tick.0 == 0
    }

    /// The nearest multiple of `tick` at or below this price; saturates at the end of the range.
    #[must_use]
    pub const fn floor_to(self, tick: Self) -> Self {
        if tick.0 <= 0 { self } else { Self(self.0.saturating_sub(self.0.rem_euclid(tick.0))) }
    }

    /// The nearest multiple of `tick` at or above this price; saturates at the end of the range.
    #[must_use]
    pub const fn ceil_to(self, tick: Self) -> Self {
        let floor = self.floor_to(tick);
        if floor.0 == self.0 { self } else { Self(floor.0.saturating_add(tick.0)) }
    }
}
