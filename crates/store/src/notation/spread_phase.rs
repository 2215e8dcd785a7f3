use domain::SpreadPhase;

/// In the order in which they come.
pub(crate) const fn number(phase: SpreadPhase) -> i64 {
    match phase {
        SpreadPhase::Opened => 0,
        SpreadPhase::Changed => 1,
        SpreadPhase::Closed => 2,
    }
}

pub(crate) const fn read(number: i64) -> Option<SpreadPhase> {
    match number {
        0 => Some(SpreadPhase::Opened),
        1 => Some(SpreadPhase::Changed),
        2 => Some(SpreadPhase::Closed),
        _ => None,
    }
}
