use domain::{FeedMessage, Instrument, InstrumentId, Timestamp};
use market::BookRules;

use super::Frame;
use crate::wire::{DecodeError, Wire};
use crate::{binance, bitget, bybit, coinbase, kraken};

/// A symbol whose data a connection carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscribed {
    /// In the venue's spelling.
    pub(crate) symbol: String,
    /// The depth of the book, where it was named.
    pub(crate) depth: Option<usize>,
}

impl Subscribed {
    pub(crate) fn whole(symbol: impl Into<String>) -> Self {
        Self { symbol: symbol.into(), depth: None }
    }
}

/// Decodes answers to requests.
pub(crate) trait Answers: Send {
    /// As [`Wire::decode`]; `url` says what was asked.
    fn decode(
        &mut self,
        url: &str,
        text: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError>;
}

/// What a vendor's recordings need.
pub(crate) trait Recorded: Sync {
    /// As headers name it.
    fn exchange(&self) -> &'static str;

    /// What a frame that was sent, or an address that was connected to, subscribes to.
    fn subscribed(&self, frame: &Frame<'_>) -> Vec<Subscribed>;

    /// The instrument that `symbol` is on the connection to `address`.
    fn instrument(&self, address: &str, symbol: &str) -> Instrument;

    fn rules(&self, address: &str, subscribed: &Subscribed) -> BookRules;

    fn wire(&self, address: &str, symbols: &[(String, InstrumentId)]) -> Box<dyn Wire>;

    /// Who decodes answers; `None` where they hold no market data that the stream does not.
    fn answers(&self, _symbols: &[(String, InstrumentId)]) -> Option<Box<dyn Answers>> {
        None
    }
}

/// Every vendor whose recordings are decoded.
const VENDORS: [&dyn Recorded; 6] = [
    &binance::recorded::SPOT,
    &binance::recorded::USD_MARGINED,
    &bitget::recorded::Bitget,
    &bybit::recorded::Bybit,
    &coinbase::recorded::Coinbase,
    &kraken::recorded::Kraken,
];

pub(crate) fn find(exchange: &str) -> Option<&'static dyn Recorded> {
    VENDORS.into_iter().find(|vendor| vendor.exchange() == exchange)
}

/// Whose recordings are decoded, for messages.
pub(crate) fn names() -> String {
    VENDORS.map(Recorded::exchange).join(", ")
}
