//! A batch as bytes: length of the payload, checksum of what follows, number of items (each `u32`, little-endian),
//! and the items in postcard's form.

use thiserror::Error;

use crate::sink::SinkItem;

pub(super) const HEAD_BYTES: usize = 12;

/// No frame is longer: a longer length is damage and not followed.
const PAYLOAD_BYTES_MAX: usize = 64 << 20;

/// A frame that was read.
pub(super) struct Frame {
    pub(super) items: Vec<SinkItem>,
    /// Where it ends in its file.
    pub(super) end: u64,
}

/// Why there is no frame.
#[derive(Debug, Error)]
pub(super) enum FrameFault {
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    #[error("the frame at byte {0} is not whole")]
    Torn(u64),
    /// Its length may still be right, so that what follows can be read.
    #[error("the frame that ends at byte {end} is not what was written")]
    Damaged { end: u64, items: u64 },
}

pub(super) fn encode(items: &[SinkItem]) -> Vec<u8> {
    let mut bytes = vec![0; HEAD_BYTES];
    // Writing to memory cannot fail; a frame that did would be noticed by its checksum.
    bytes = postcard::to_extend(items, bytes).unwrap_or_default();
    let payload = u32::try_from(bytes.len().saturating_sub(HEAD_BYTES)).unwrap_or(u32::MAX);
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    if let Some((head, _)) = bytes.split_first_chunk_mut::<HEAD_BYTES>() {
        head[..4].copy_from_slice(&payload.to_le_bytes());
        head[8..].copy_from_slice(&count.to_le_bytes());
    }
    let checksum = crc32fast::hash(bytes.get(8..).unwrap_or_default());
    if let Some(place) = bytes.get_mut(4..8) {
        place.copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

/// The length of the payload, its checksum and the number of items; an item takes some bytes.
pub(super) fn head(bytes: &[u8; HEAD_BYTES]) -> Option<(usize, u32, u32)> {
    let word = |from: usize| bytes.get(from..from + 4)?.try_into().ok().map(u32::from_le_bytes);
    let length = usize::try_from(word(0)?).ok()?;
    (length <= PAYLOAD_BYTES_MAX).then_some((length, word(4)?, word(8)?.min(word(0)?)))
}

/// `bytes` are the number of items and the payload.
pub(super) fn decode(bytes: &[u8], checksum: u32) -> Option<Vec<SinkItem>> {
    if crc32fast::hash(bytes) != checksum {
        return None;
    }
    postcard::from_bytes(bytes.get(4..)?).ok()
}
