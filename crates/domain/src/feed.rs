//! What a feed says, decoded but not yet checked: the input of book building.

use crate::{Bar, CorporateAction, InstrumentId, Level, Quote, Timestamp, Trade};

/// Changes of book levels between two update ids, as exchanges stream them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthUpdate {
    pub instrument: InstrumentId,
    /// First and last update id that the message covers.
    pub first_update_id: u64,
    pub last_update_id: u64,
    /// The last id of the message before, where the venue names it.
    pub previous_update_id: Option<u64>,
    /// Absolute quantities; zero deletes the level.
    pub bids: Vec<Level>,
    pub asks: Vec<Level>,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

/// A whole book at one update id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthSnapshot {
    pub instrument: InstrumentId,
    pub last_update_id: u64,
    pub bids: Vec<Level>,
    pub asks: Vec<Level>,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

/// One decoded message. Depth is lent from the decoder's buffers, so decoding allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedMessage<'a> {
    Trade(Trade),
    /// Best bid and ask, with the book update they belong to where the venue names it.
    Quote {
        quote: Quote,
        update_id: Option<u64>,
    },
    DepthUpdate(&'a DepthUpdate),
    DepthSnapshot(&'a DepthSnapshot),
    Bar(Bar),
    Corporate(CorporateAction),
}

impl FeedMessage<'_> {
    /// When we received it.
    #[must_use]
    pub fn receive_time(&self) -> Timestamp {
        match self {
            Self::Trade(trade) => trade.receive_time,
            Self::Quote { quote, .. } => quote.receive_time,
            Self::DepthUpdate(update) => update.receive_time,
            Self::DepthSnapshot(snapshot) => snapshot.receive_time,
            Self::Bar(bar) => bar.close_time(),
            Self::Corporate(action) => action.time,
        }
    }
}
