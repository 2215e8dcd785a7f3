use domain::{Price, Rate};

use super::Question;
use crate::Reason;

/// The price that everything is measured against. An instrument at price zero has none: an order valued at
/// nothing would pass every limit of value.
pub(super) fn reference(question: &Question<'_>) -> Result<Price, Reason> {
    let exposure = question.exposure;
    let trusted = exposure.reference.filter(|price| exposure.reference_valid && *price != Price::ZERO);
    let reference = trusted.ok_or(Reason::NoReferencePrice)?;
    let (limit, age) = (question.limits.max_reference_age, exposure.reference_age);
    if age <= limit { Ok(reference) } else { Err(Reason::StaleReferencePrice { limit, age }) }
}

/// An order without a limit price takes what the market gives; it is held by the reference alone.
#[inline]
pub(super) fn inside_collar(question: &Question<'_>, reference: Price) -> Result<(), Reason> {
    let Some(asked) = question.request.kind.limit_price() else { return Ok(()) };
    let collar = question.limits.price_collar;
    let distance = i128::from(asked.raw()) - i128::from(reference.raw());
    if distance.abs() * i128::from(Rate::SCALE) <= allowed(reference, collar) {
        return Ok(());
    }
    let (low, high) = bounds(reference, collar);
    Err(Reason::PriceOutsideCollar { low, high, asked })
}

/// In units of 10⁻¹⁸; two 64-bit factors cannot overflow.
fn allowed(reference: Price, collar: Rate) -> i128 {
    i128::from(reference.raw()).abs() * i128::from(collar.raw())
}

/// The lowest and highest price inside the collar, for the person who reads the denial.
#[cold]
fn bounds(reference: Price, collar: Rate) -> (Price, Price) {
    let reach = allowed(reference, collar) / i128::from(Rate::SCALE);
    let middle = i128::from(reference.raw());
    (saturated(middle - reach), saturated(middle + reach))
}

fn saturated(raw: i128) -> Price {
    let end = if raw < 0 { i64::MIN } else { i64::MAX };
    Price::from_raw(i64::try_from(raw).unwrap_or(end))
}
