use super::decimal;

/// A dimensionless factor with nine decimals: a fee rate (`0.001` is 0.1 %), a collar, a ratio.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

decimal!(Rate, i64, 9);

impl Rate {
    /// From hundredths of a percent.
    #[must_use]
    pub const fn from_basis_points(basis_points: i32) -> Self {
        Self(basis_points as i64 * (Self::SCALE / 10_000))
    }

    /// The nearest rate to a computed float. `None` outside the range.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let scaled = (value * 1e9).round();
        (scaled.abs() < 9.2e18).then_some(Self(scaled as i64))
    }

    /// For display and statistics only.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}
