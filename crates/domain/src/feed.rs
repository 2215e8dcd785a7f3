//! What a feed says, decoded but not yet checked: the input of book building.

use crate::{Amendment, Bar, CorporateAction, InstrumentId, Level, Quote, Timestamp, Trade};

/// What a venue says its whole book sums up to after a message, with the decimals that its numbers are written with:
/// the sum is taken over text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookChecksum {
    pub value: u32,
    pub price_decimals: u8,
    pub quantity_decimals: u8,
}

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
    /// Of the book with the message applied, where the venue sends one.
    pub checksum: Option<BookChecksum>,
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
    /// Of the book with the message applied, where the venue sends one.
    pub checksum: Option<BookChecksum>,
    pub venue_time: Timestamp,
    pub receive_time: Timestamp,
}

/// Messages about an instrument were lost, or may have been: what was built of the earlier ones cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interruption {
    pub instrument: InstrumentId,
    pub cause: InterruptionCause,
    pub receive_time: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterruptionCause {
    /// The connection that carried the instrument ended.
    Disconnected,
    /// The connection numbers its messages, and a number is missing.
    SequenceGap,
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
    Interrupted(Interruption),
    /// A trade that came before is corrected or taken back.
    Amendment(Amendment),
}

impl FeedMessage<'_> {
    /// What it speaks of.
    #[must_use]
    #[inline]
    pub const fn instrument(&self) -> InstrumentId {
        match self {
            Self::Trade(trade) => trade.instrument,
            Self::Quote { quote, .. } => quote.instrument,
            Self::DepthUpdate(update) => update.instrument,
            Self::DepthSnapshot(snapshot) => snapshot.instrument,
            Self::Bar(bar) => bar.instrument,
            Self::Corporate(action) => action.instrument,
            Self::Interrupted(interruption) => interruption.instrument,
            Self::Amendment(amendment) => amendment.instrument,
        }
    }

    /// When we received it.
    #[must_use]
    pub fn receive_time(&self) -> Timestamp {
        match self {
            Self::Trade(trade) => trade.receive_time,
            Self::Quote { quote, .. } => quote.receive_time,
            Self::DepthUpdate(update) => update.receive_time,
            Self::DepthSnapshot(snapshot) => snapshot.receive_time,
            Self::Bar(bar) => bar.close_time,
            Self::Corporate(action) => action.time,
            Self::Interrupted(interruption) => interruption.receive_time,
            Self::Amendment(amendment) => amendment.receive_time,
        }
    }
}

/// A message that may be kept or cross to another thread: what is only lent is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptMessage {
    Flat(FeedMessage<'static>),
    Update(DepthUpdate),
    Snapshot(DepthSnapshot),
}

impl KeptMessage {
    #[must_use]
    pub fn of(message: FeedMessage<'_>) -> Self {
        match message {
            FeedMessage::DepthUpdate(update) => Self::Update(update.clone()),
            FeedMessage::DepthSnapshot(snapshot) => Self::Snapshot(snapshot.clone()),
            FeedMessage::Trade(trade) => Self::Flat(FeedMessage::Trade(trade)),
            FeedMessage::Quote { quote, update_id } => Self::Flat(FeedMessage::Quote { quote, update_id }),
            FeedMessage::Bar(bar) => Self::Flat(FeedMessage::Bar(bar)),
            FeedMessage::Corporate(action) => Self::Flat(FeedMessage::Corporate(action)),
            FeedMessage::Interrupted(interruption) => Self::Flat(FeedMessage::Interrupted(interruption)),
            FeedMessage::Amendment(amendment) => Self::Flat(FeedMessage::Amendment(amendment)),
        }
    }

    #[must_use]
    pub const fn lend(&self) -> FeedMessage<'_> {
        match self {
            Self::Flat(message) => *message,
            Self::Update(update) => FeedMessage::DepthUpdate(update),
            Self::Snapshot(snapshot) => FeedMessage::DepthSnapshot(snapshot),
        }
    }
}

/// How far a stream of a source was read: everything before `offset` was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamPosition {
    /// A file of several, a partition of a topic; 0 where there is one.
    pub stream: u32,
    /// In the source's own measure: bytes, records, the offset of the record after the last.
    pub offset: u64,
}
