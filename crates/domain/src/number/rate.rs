use super::{NumberError, decimal_faces, text};

/// A dimensionless factor with nine decimals: a fee rate (`0.001` is 0.1 %), a collar, a ratio.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

decimal_faces!(Rate, i64, Rate::DECIMALS);

impl Rate {
    pub const DECIMALS: u32 = 9;
    pub const SCALE: i64 = 1_000_000_000;
    pub const ZERO: Self = Self(0);

    /// From units of 10⁻⁹.
    #[must_use]
    pub const fn from_raw(raw: i64) -> Self {
        Self(raw)
    }

    /// In units of 10⁻⁹.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// From hundredths of a percent.
    #[must_use]
    pub const fn from_basis_points(basis_points: i32) -> Self {
        Self(basis_points as i64 * (Self::SCALE / 10_000))
    }

    /// Reads decimal text such as `0.001`.
    ///
    /// # Errors
    /// See [`NumberError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NumberError> {
        let raw = text::parse(bytes, Self::DECIMALS)?;
        i64::try_from(raw).map(Self).map_err(|_| NumberError::Overflow)
    }

    /// For display and statistics only.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}
