use super::SinkItem;
use crate::ledger::Hold;

/// A batch on its way, with what keeps its sources from forgetting it.
#[derive(Debug)]
pub(crate) struct Consignment {
    pub(crate) items: Vec<SinkItem>,
    /// `None` for what no source can tell again.
    pub(crate) hold: Option<Hold>,
}
