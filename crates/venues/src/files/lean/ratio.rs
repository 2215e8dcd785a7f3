//! The share ratio behind a change of split factor that was printed with rounding.

use domain::{Rate, Split};

/// Split factors are printed with at least this many decimals when they need them: `0.333333`.
const DECIMALS_MIN: u32 = 6;

/// Half of the last printed digit counts in units of 10⁻¹⁰.
const UNITS_A_RAW: i128 = 10;

/// The continued fractions of real splits end after a few terms; of 10-digit bounds after fewer than fifty.
const TERMS_MAX: usize = 64;

/// The simplest fraction that, within the rounding of both factors, is `new` / `old`; `None` when there is no
/// fraction of 32-bit numbers, or a factor is not positive.
pub(super) fn split_between(old: Rate, new: Rate) -> Option<Split> {
    let ((old_low, old_high), (new_low, new_high)) = (bounds(old)?, bounds(new)?);
    let (numerator, denominator) = simplest((new_low, old_high), (new_high, old_low))?;
    Some(Split { numerator: u32::try_from(numerator).ok()?, denominator: u32::try_from(denominator).ok()? })
}

/// How far the printed factors' ratio is from the fraction, relative to it.
pub(super) fn relative_error(old: Rate, new: Rate, split: Split) -> f64 {
    let printed = new.to_f64() / old.to_f64();
    (printed * f64::from(split.denominator) / f64::from(split.numerator) - 1.0).abs()
}

/// The values that print like this, in units of 10⁻¹⁰. Trailing zeros do not count as digits: files pad with them.
fn bounds(factor: Rate) -> Option<(i128, i128)> {
    let raw = factor.raw();
    if raw <= 0 {
        return None;
    }
    let mut decimals = Rate::DECIMALS;
    let mut rest = raw;
    while decimals > DECIMALS_MIN && rest % 10 == 0 {
        rest /= 10;
        decimals -= 1;
    }
    let half = 5 * 10i128.pow(Rate::DECIMALS - decimals);
    let centre = i128::from(raw) * UNITS_A_RAW;
    (centre > half).then_some((centre - half, centre + half))
}

/// The fraction of the smallest numerator and denominator in a closed interval of positive fractions.
fn simplest(low: (i128, i128), high: (i128, i128)) -> Option<(i128, i128)> {
    let (mut low, mut high) = (low, high);
    let mut terms: Vec<i128> = Vec::new();
    let last = loop {
        let whole = low.0.checked_div(low.1)?;
        let rest = low.0 - whole * low.1;
        if rest == 0 {
            break whole;
        }
        if (whole + 1).checked_mul(high.1)? <= high.0 {
            break whole + 1;
        }
        if terms.len() == TERMS_MAX {
            return None;
        }
        terms.push(whole);
        // Both share the whole part: go on with the reciprocals of what is left, which swap places.
        (low, high) = ((high.1, high.0 - whole * high.1), (low.1, rest));
    };
    terms.into_iter().rev().try_fold((last, 1), |(numerator, denominator): (i128, i128), term| {
        Some((term.checked_mul(numerator)?.checked_add(denominator)?, numerator))
    })
}
