use domain::{Contract, Money, OrderKind, Price};

use super::{Question, position};
use crate::Reason;

/// The most the order can be worth when it fills: at the reference price or at the price it names, whichever
/// weighs more.
#[inline]
pub(super) fn worst_value(question: &Question<'_>, reference: Price) -> Result<Money, Reason> {
    let price = worst_price(question, reference).ok_or(Reason::NumberOutOfRange)?;
    let value = question.instrument.value(price, question.request.quantity);
    value.map(Money::abs).map_err(|_| Reason::NumberOutOfRange)
}

fn worst_price(question: &Question<'_>, reference: Price) -> Option<Price> {
    let named = match question.request.kind {
        OrderKind::Market => return Some(reference),
        OrderKind::Limit { price } | OrderKind::StopLimit { price, .. } => price,
        OrderKind::Stop { trigger } => trigger,
        OrderKind::TrailingStop { distance } => reference.checked_add(distance)?,
    };
    let named_is_larger = named.raw().unsigned_abs() > reference.raw().unsigned_abs();
    let larger_weighs_more = matches!(question.instrument.contract, Contract::Linear { .. });
    Some(if named_is_larger == larger_weighs_more { named } else { reference })
}

pub(super) fn order_notional(question: &Question<'_>, value: Money) -> Result<(), Reason> {
    let limit = question.limits.max_order_notional;
    if value <= limit { Ok(()) } else { Err(Reason::NotionalTooLarge { limit, asked: value }) }
}

/// An order that only reduces is passed over: filling it lowers the sum, which a price alone may have taken past the
/// limit.
#[inline]
pub(super) fn gross_notional(question: &Question<'_>, value: Money) -> Result<(), Reason> {
    let limit = question.limits.max_gross_notional;
    match question.exposure.gross_notional.checked_add(value) {
        Some(would_be) if would_be <= limit => Ok(()),
        Some(would_be) => {
            position::unless_reducing(question, Reason::GrossNotionalTooLarge { limit, would_be })
        }
        None => position::unless_reducing(question, Reason::NumberOutOfRange),
    }
}
