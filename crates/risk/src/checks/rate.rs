use super::Question;
use crate::Reason;

pub(super) fn order_rate(question: &Question<'_>) -> Result<(), Reason> {
    let limit = question.limits.orders_per_window;
    if question.exposure.orders_in_window < limit { Ok(()) } else { Err(Reason::TooManyOrders { limit }) }
}
