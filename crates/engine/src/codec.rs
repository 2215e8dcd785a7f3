//! Journal bytes: how an entry is framed, written and read back, wherever the bytes are kept.
//!
//! A frame is `length: u32 LE`, `crc32 of the payload: u32 LE`, then the payload: the entry in postcard's
//! encoding. A journal is frames end to end. A frame that is cut short or fails its checksum ends the journal:
//! whatever follows was never durable.

use postcard::ser_flavors::Flavor;
use thiserror::Error;

use crate::Entry;

/// Length and checksum before each payload.
const HEADER_BYTES: usize = 8;

/// Room made before an entry is written; longer ones grow the vector.
const FRAME_BYTES_USUAL: usize = 256;

/// No entry is longer: a greater length is damage.
pub const PAYLOAD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why bytes are not the next entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    #[error("the last frame is cut short")]
    Torn,
    #[error("a frame fails its checksum")]
    Checksum,
    #[error("a frame holds no entry of a known form")]
    Form,
}

/// Appends one frame to `bytes`.
///
/// # Errors
/// The encoder's reason; `bytes` is left as it was.
pub fn encode(entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), String> {
    let start = bytes.len();
    bytes.reserve(FRAME_BYTES_USUAL);
    bytes.extend_from_slice(&[0; HEADER_BYTES]);
    if let Err(error) = postcard::serialize_with_flavor(entry, Appending::new(bytes)) {
        bytes.truncate(start);
        return Err(error.to_string());
    }
    let payload = &bytes[start + HEADER_BYTES..];
    let Some(length) = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= PAYLOAD_BYTES_MAX)
    else {
        bytes.truncate(start);
        return Err(format!("longer than {PAYLOAD_BYTES_MAX} bytes"));
    };
    let checksum = crc32fast::hash(payload);
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    bytes[start + 4..start + HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// Longer than the entries that come by the million.
const GATHERED_MAX: usize = 192;

/// The longest piece that is gathered.
const PIECE_MAX: usize = 16;

/// Gathers the small pieces that numbers are in an array, and appends it to the vector when it is full and at the
/// end: a piece costs two stores of fixed size, not a call or a loop.
struct Appending<'a> {
    bytes: &'a mut Vec<u8>,
    gathered: [u8; GATHERED_MAX],
    used: usize,
}

impl<'a> Appending<'a> {
    const fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, gathered: [0; GATHERED_MAX], used: 0 }
    }

    /// The place of the next piece.
    #[inline]
    fn place(&mut self) -> &mut [u8] {
        if self.used > GATHERED_MAX - PIECE_MAX {
            self.spill();
        }
        &mut self.gathered[self.used..self.used + PIECE_MAX]
    }

    #[cold]
    fn spill(&mut self) {
        self.bytes.extend_from_slice(&self.gathered[..self.used]);
        self.used = 0;
    }
}

impl Flavor for Appending<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.place()[0] = byte;
        self.used += 1;
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if bytes.len() <= PIECE_MAX {
            copy_piece(self.place(), bytes);
            self.used += bytes.len();
        } else {
            self.spill();
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn finalize(mut self) -> postcard::Result<()> {
        self.spill();
        Ok(())
    }
}

/// Copies up to sixteen bytes as two pieces of a fixed size that may overlap.
#[inline]
fn copy_piece(place: &mut [u8], bytes: &[u8]) {
    let place = &mut place[..bytes.len()];
    match bytes.len() {
        8.. => copy_ends::<8>(place, bytes),
        4..8 => copy_ends::<4>(place, bytes),
        2..4 => copy_ends::<2>(place, bytes),
        0..2 => copy_ends::<1>(place, bytes),
    }
}

#[inline]
fn copy_ends<const SIZE: usize>(place: &mut [u8], bytes: &[u8]) {
    if let (Some(place), Some(bytes)) = (place.first_chunk_mut::<SIZE>(), bytes.first_chunk::<SIZE>()) {
        *place = *bytes;
    }
    if let (Some(place), Some(bytes)) = (place.last_chunk_mut::<SIZE>(), bytes.last_chunk::<SIZE>()) {
        *place = *bytes;
    }
}

/// A frame and the bytes that follow it.
pub type Split<'a> = (&'a [u8], &'a [u8]);

/// The first frame of `bytes` and what follows it; `None` at a clean end.
///
/// # Errors
/// [`Damage`]; the journal ends here.
pub fn split_frame(bytes: &[u8]) -> Result<Option<Split<'_>>, Damage> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let (header, rest) = bytes.split_at_checked(HEADER_BYTES).ok_or(Damage::Torn)?;
    let (length, checksum) = header.split_at(4);
    let length = length.iter().rev().fold(0usize, |value, &byte| (value << 8) | usize::from(byte));
    if length > PAYLOAD_BYTES_MAX {
        return Err(Damage::Checksum);
    }
    let (payload, _) = rest.split_at_checked(length).ok_or(Damage::Torn)?;
    if crc32fast::hash(payload).to_le_bytes() != checksum {
        return Err(Damage::Checksum);
    }
    Ok(Some(bytes.split_at(HEADER_BYTES + length)))
}

/// Reads the entry of one frame that [`split_frame`] has checked.
///
/// # Errors
/// [`Damage::Form`] for an entry of an unknown form.
pub fn decode_frame(frame: &[u8]) -> Result<Entry, Damage> {
    let payload = frame.get(HEADER_BYTES..).ok_or(Damage::Torn)?;
    postcard::from_bytes(payload).map_err(|_| Damage::Form)
}

/// The entries of a journal held in memory, up to the first damage, which is the last item.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<Entry, Damage>> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let read = rest.map(split_frame)?;
        match read {
            Ok(None) => None,
            Ok(Some((frame, after))) => {
                rest = Some(after);
                let entry = decode_frame(frame);
                if entry.is_err() {
                    rest = None;
                }
                Some(entry)
            }
            Err(damage) => {
                rest = None;
                Some(Err(damage))
            }
        }
    })
}
