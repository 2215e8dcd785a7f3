use super::Question;
use crate::Reason;

pub(super) fn open_orders(question: &Question<'_>) -> Result<(), Reason> {
    let limit = question.limits.max_open_orders;
    if question.exposure.open_orders < limit { Ok(()) } else { Err(Reason::TooManyOpenOrders { limit }) }
}
