use super::Question;
use crate::Reason;

/// A halted account sends nothing, not even an order that would reduce its position: a halt may mean that the
/// position itself is not known.
pub(super) fn not_halted(question: &Question<'_>) -> Result<(), Reason> {
    question.exposure.halt.map_or(Ok(()), |kind| Err(Reason::Halted(kind)))
}
