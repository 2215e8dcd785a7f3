//! What is wrong with an order by itself, whoever sends it.

use domain::{OrderKind, Price, Quantity, TimeInForce};

use super::Question;
use crate::Reason;

/// Guards the caller: limits measured on another instrument's exposure would approve anything.
pub(super) fn known_instrument(question: &Question<'_>) -> Result<(), Reason> {
    if question.request.instrument == question.instrument.id {
        Ok(())
    } else {
        Err(Reason::UnknownInstrument)
    }
}

/// An order that waits for a trigger cannot also be immediate or belong to an auction.
pub(super) fn kind_supported(question: &Question<'_>) -> Result<(), Reason> {
    let waits = !matches!(question.request.kind, OrderKind::Market | OrderKind::Limit { .. });
    let may_wait =
        matches!(question.request.time_in_force, TimeInForce::Day | TimeInForce::GoodTillCancelled);
    if waits && !may_wait { Err(Reason::KindNotSupported) } else { Ok(()) }
}

pub(super) fn quantity_positive(question: &Question<'_>) -> Result<(), Reason> {
    if question.request.quantity.is_positive() { Ok(()) } else { Err(Reason::QuantityNotPositive) }
}

pub(super) fn on_step(question: &Question<'_>) -> Result<(), Reason> {
    if is_multiple(question.request.quantity, question.instrument.quantity_step) {
        Ok(())
    } else {
        Err(Reason::OffStep)
    }
}

/// Most quantities fit one machine word, whose remainder is several times cheaper.
fn is_multiple(quantity: Quantity, step: Quantity) -> bool {
    match (u64::try_from(quantity.raw()), u64::try_from(step.raw())) {
        (Ok(quantity), Ok(step)) if step > 0 => quantity % step == 0,
        _ => quantity.is_multiple_of(step),
    }
}

/// Every price the order names; a trailing distance must also be more than zero.
pub(super) fn on_tick(question: &Question<'_>) -> Result<(), Reason> {
    let tick = question.instrument.price_tick;
    let on_tick = match question.request.kind {
        OrderKind::Market => true,
        OrderKind::Limit { price } => price.is_multiple_of(tick),
        OrderKind::Stop { trigger } => trigger.is_multiple_of(tick),
        OrderKind::StopLimit { trigger, price } => price.is_multiple_of(tick) && trigger.is_multiple_of(tick),
        OrderKind::TrailingStop { distance } => distance > Price::ZERO && distance.is_multiple_of(tick),
    };
    if on_tick { Ok(()) } else { Err(Reason::OffTick) }
}
