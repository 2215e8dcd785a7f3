use super::{Question, position};
use crate::{HaltKind, Reason};

/// A halted account sends nothing, not even an order that would reduce its position: a halt may mean that the
/// position itself is not known. After a loss it is known, and what only reduces it passes.
#[inline]
pub(super) fn admitted(question: &Question<'_>) -> Result<(), Reason> {
    question.exposure.halt.map_or(Ok(()), |kind| admitted_halted(question, kind))
}

#[cold]
fn admitted_halted(question: &Question<'_>, kind: HaltKind) -> Result<(), Reason> {
    let reason = Reason::Halted(kind);
    if kind.admits_reducing() { position::unless_reducing(question, reason) } else { Err(reason) }
}
