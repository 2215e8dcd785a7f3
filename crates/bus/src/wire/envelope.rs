//! What is around every message: mark, version and kind before it, a checksum behind it.

use domain::MarketEvent;

use super::{Unreadable, Unsendable, Writer};
use crate::Message;

const MARK: [u8; 2] = *b"BW";

/// Grows when what a reader knows would be read wrongly. Mark, version and checksum stay where they are for all time.
pub const MAJOR: u8 = 1;

/// Grows when fields are added behind those of a kind, or kinds and codes are added.
pub const MINOR: u8 = 0;

const HEADER: usize = 5;
const CHECKSUM: usize = 4;

/// What a message is about. Numbers are given once and never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Trade = 1,
    Quote = 2,
    Bar = 3,
    Spread = 4,
    Invalid = 5,
    Depth = 6,
    Corporate = 7,
    Order = 8,
    Listed = 9,
    Pair = 10,
    Regime = 11,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Trade,
        Self::Quote,
        Self::Bar,
        Self::Spread,
        Self::Invalid,
        Self::Depth,
        Self::Corporate,
        Self::Order,
        Self::Listed,
        Self::Pair,
        Self::Regime,
    ];

    pub(super) const fn of(message: &Message) -> Self {
        match message {
            Message::Order(_) => Self::Order,
            Message::Listed(_) => Self::Listed,
            Message::Market(event) => match event {
                MarketEvent::Trade(_) => Self::Trade,
                MarketEvent::Quote(_) => Self::Quote,
                MarketEvent::Bar(_) => Self::Bar,
                MarketEvent::Spread(_) => Self::Spread,
                MarketEvent::Pair(_) => Self::Pair,
                MarketEvent::Regime(_) => Self::Regime,
                MarketEvent::Invalid { .. } => Self::Invalid,
                MarketEvent::Depth(_) => Self::Depth,
                MarketEvent::Corporate(_) => Self::Corporate,
            },
        }
    }

    fn numbered(number: u8) -> Result<Self, Unreadable> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number).ok_or(Unreadable::Kind(number))
    }
}

/// Writes header and checksum around what `body` writes.
pub(super) fn open(
    kind: Kind,
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Writer<'_>) -> Result<(), Unsendable>,
) -> Result<(), Unsendable> {
    let start = out.len();
    out.extend_from_slice(&[MARK[0], MARK[1], MAJOR, MINOR, kind as u8]);
    body(&mut Writer::new(out))?;
    let checksum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// The kind, whether the writer was of a later minor version, and the body.
pub(super) fn check(bytes: &[u8]) -> Result<(Kind, bool, &[u8]), Unreadable> {
    if !bytes.starts_with(&MARK) && bytes.len() >= MARK.len() {
        return Err(Unreadable::Foreign);
    }
    let short = Unreadable::Short(bytes.len());
    let (covered, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short.clone())?;
    let (header, body) = covered.split_first_chunk::<HEADER>().ok_or(short)?;
    if crc32fast::hash(covered) != u32::from_le_bytes(*checksum) {
        return Err(Unreadable::Damaged);
    }
    let [_, _, major, minor, kind] = *header;
    if major != MAJOR {
        return Err(Unreadable::Version { major });
    }
    Ok((Kind::numbered(kind)?, minor > MINOR, body))
}
