use super::Question;
use crate::Reason;

pub(super) fn order_size(question: &Question<'_>) -> Result<(), Reason> {
    let (limit, asked) = (question.limits.max_order_size, question.request.quantity);
    if asked <= limit { Ok(()) } else { Err(Reason::OrderTooLarge { limit, asked }) }
}
