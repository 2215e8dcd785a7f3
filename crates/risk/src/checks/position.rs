use domain::{Quantity, Side};

use super::Question;
use crate::Reason;

/// A reduce-only order stands against the position and is no larger than it. Other working orders do not count
/// here, so that a take-profit and a stop-loss may stand side by side; they count in [`position_size`].
pub(super) fn reducing(question: &Question<'_>) -> Result<(), Reason> {
    let request = question.request;
    if !request.reduce_only {
        return Ok(());
    }
    match held_against(question) {
        Some(held) if request.quantity <= held => Ok(()),
        Some(_) => Err(Reason::NotReducing),
        None => Err(Reason::NumberOutOfRange),
    }
}

/// Lets the order pass if it only reduces, and gives the reason against it otherwise.
#[cold]
pub(super) fn unless_reducing(question: &Question<'_>, reason: Reason) -> Result<(), Reason> {
    if only_reduces(question)? { Ok(()) } else { Err(reason) }
}

/// Whether the order can only bring the position nearer to zero, even when everything that works on its own side
/// fills before it.
fn only_reduces(question: &Question<'_>) -> Result<bool, Reason> {
    let working = match question.request.side {
        Side::Buy => question.exposure.working_buy,
        Side::Sell => question.exposure.working_sell,
    };
    let in_flight = working.checked_add(question.request.quantity);
    let (in_flight, held) = in_flight.zip(held_against(question)).ok_or(Reason::NumberOutOfRange)?;
    Ok(in_flight <= held)
}

/// What the order could take off the position before it turns: negative where it would add to it.
fn held_against(question: &Question<'_>) -> Option<Quantity> {
    match question.request.side {
        Side::Buy => Quantity::ZERO.checked_sub(question.exposure.position),
        Side::Sell => Some(question.exposure.position),
    }
}

/// The worst case on the order's own side: every working order there filled, none on the other. The other side
/// is not looked at, so an account that is past its limit can still come back.
#[inline]
pub(super) fn position_size(question: &Question<'_>) -> Result<(), Reason> {
    let would_be = worst_position(question).ok_or(Reason::NumberOutOfRange)?;
    let limit = question.limits.max_position_size;
    let reach = match question.request.side {
        Side::Buy => Some(would_be),
        Side::Sell => Quantity::ZERO.checked_sub(would_be),
    };
    match reach {
        Some(reach) if reach <= limit => Ok(()),
        Some(_) => Err(Reason::PositionTooLarge { limit, would_be }),
        None => Err(Reason::NumberOutOfRange),
    }
}

fn worst_position(question: &Question<'_>) -> Option<Quantity> {
    let (exposure, asked) = (question.exposure, question.request.quantity);
    match question.request.side {
        Side::Buy => exposure.position.checked_add(exposure.working_buy)?.checked_add(asked),
        Side::Sell => exposure.position.checked_sub(exposure.working_sell)?.checked_sub(asked),
    }
}
