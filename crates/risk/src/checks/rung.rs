use domain::OrderKind;

use super::{Purpose, Question, position};
use crate::{Reason, Rung};

/// Below normal an order may only bring its position nearer to zero, everything in flight counted; from the rung
/// that cancels everything on none passes, but at the last one what closes a position at the market.
#[inline]
pub(super) fn admitted(question: &Question<'_>) -> Result<(), Reason> {
    if question.exposure.rung == Rung::Normal { Ok(()) } else { admitted_below(question) }
}

#[cold]
fn admitted_below(question: &Question<'_>) -> Result<(), Reason> {
    let rung = question.exposure.rung;
    let may_reduce = match question.purpose {
        Purpose::Trade => rung < Rung::CancelAll,
        Purpose::Flatten => rung == Rung::Flatten && is_at_market(question),
    };
    let reason = Reason::Rung { rung };
    if may_reduce { position::unless_reducing(question, reason) } else { Err(reason) }
}

const fn is_at_market(question: &Question<'_>) -> bool {
    matches!(question.request.kind, OrderKind::Market) && question.request.reduce_only
}

/// Normal is told by one comparison, which leaves this for the account's own orders.
pub(super) fn not_normal(question: &Question<'_>) -> Result<(), Reason> {
    let rung = question.exposure.rung;
    if rung == Rung::Normal { Err(Reason::Rung { rung }) } else { Ok(()) }
}
