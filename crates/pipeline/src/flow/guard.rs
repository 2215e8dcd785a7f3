use domain::{Price, Rate};

use super::OutlierGuard;

/// The price that an instrument's next one is measured against.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LastGood {
    price: Option<Price>,
    /// The first of the outliers in a row, and how many agree with it.
    outlier: Option<(Price, u32)>,
}

impl LastGood {
    /// Whether to believe `price`; it is then the new measure.
    #[inline]
    pub(super) fn admit(&mut self, price: Price, guard: &OutlierGuard) -> bool {
        let good = self.price.is_none_or(|last| is_near(price, last, guard.move_max));
        let believed = good || self.confirm(price, guard);
        if believed {
            *self = Self { price: Some(price), outlier: None };
        }
        believed
    }

    fn confirm(&mut self, price: Price, guard: &OutlierGuard) -> bool {
        let (first, seen) = match self.outlier {
            Some((first, seen)) if is_near(price, first, guard.move_max) => (first, seen.saturating_add(1)),
            _ => (price, 1),
        };
        self.outlier = Some((first, seen));
        seen >= guard.confirmations
    }
}

/// Whether `price` is within a share of `measure`.
fn is_near(price: Price, measure: Price, share: Rate) -> bool {
    let apart = i128::from(price.raw()) - i128::from(measure.raw());
    let allowed = i128::from(measure.raw()) * i128::from(share.raw());
    apart.abs() * i128::from(Rate::SCALE) <= allowed.abs()
}
