use std::collections::BTreeMap;

use domain::{FeedMessage, InstrumentId};

/// Leaves out what a connection says again that took over from another. Updates of books need no help: their ids say
/// that they are old.
#[derive(Debug, Default)]
pub(super) struct Handover {
    /// The last numbers of trades and of quotes that were passed on.
    trades: BTreeMap<InstrumentId, u64>,
    quotes: BTreeMap<InstrumentId, u64>,
    /// Those at the takeover; whatever is not beyond them was said before.
    trade_floors: BTreeMap<InstrumentId, u64>,
    quote_floors: BTreeMap<InstrumentId, u64>,
}

impl Handover {
    pub(super) fn take_over(&mut self) {
        self.trade_floors.clone_from(&self.trades);
        self.quote_floors.clone_from(&self.quotes);
    }

    /// A connection was lost: the next counts anew, and nothing overlaps.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether the message says something new.
    pub(super) fn is_new(&mut self, message: &FeedMessage<'_>) -> bool {
        match message {
            FeedMessage::Trade(trade) if trade.id != 0 => {
                beyond(&mut self.trades, &mut self.trade_floors, trade.instrument, trade.id)
            }
            FeedMessage::Quote { quote, update_id: Some(id) } => {
                beyond(&mut self.quotes, &mut self.quote_floors, quote.instrument, *id)
            }
            _ => true,
        }
    }
}

fn beyond(
    last: &mut BTreeMap<InstrumentId, u64>,
    floors: &mut BTreeMap<InstrumentId, u64>,
    instrument: InstrumentId,
    id: u64,
) -> bool {
    if let Some(floor) = floors.get(&instrument) {
        if id <= *floor {
            return false;
        }
        floors.remove(&instrument);
    }
    last.insert(instrument, id);
    true
}
