/// What came is not HTTP/1 as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// Where a message's body ends, followed byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes are left.
    Sized(u64),
    Chunked(Chunks),
    /// It ends with the connection.
    UntilEnd,
}

/// How far a chunked body has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In a size, which is so far; whether a digit was seen, whether its digits are over.
    Size {
        so_far: u64,
        is_begun: bool,
        is_over: bool,
    },
    /// So many bytes of a chunk are left.
    Data(u64),
    /// Between a chunk and the next size.
    DataEnd,
    /// In the lines behind the last chunk; how long this line is so far.
    Trailer(u64),
    Over,
}

impl Chunks {
    pub(crate) const BEGIN: Self = Self::Size { so_far: 0, is_begun: false, is_over: false };

    fn after(self, byte: u8) -> Result<Self, Unreadable> {
        match self {
            Self::Size { so_far, is_begun: true, .. } if byte == b'\n' => {
                Ok(if so_far == 0 { Self::Trailer(0) } else { Self::Data(so_far) })
            }
            Self::Size { so_far, is_over: false, .. } if byte.is_ascii_hexdigit() => {
                let digit = char::from(byte).to_digit(16).map_or(0, u64::from);
                let so_far = so_far.checked_mul(16).and_then(|size| size.checked_add(digit));
                Ok(Self::Size { so_far: so_far.ok_or(Unreadable)?, is_begun: true, is_over: false })
            }
            // What stands behind the digits is an extension, or the line's end.
            Self::Size { so_far, is_begun: true, .. } => {
                Ok(Self::Size { so_far, is_begun: true, is_over: true })
            }
            Self::Size { is_begun: false, .. } => Err(Unreadable),
            Self::Data(left) => Ok(if left <= 1 { Self::DataEnd } else { Self::Data(left - 1) }),
            Self::DataEnd if byte == b'\r' => Ok(Self::DataEnd),
            Self::DataEnd if byte == b'\n' => Ok(Self::BEGIN),
            Self::DataEnd => Err(Unreadable),
            Self::Trailer(0) if byte == b'\n' => Ok(Self::Over),
            Self::Trailer(_) if byte == b'\n' => Ok(Self::Trailer(0)),
            Self::Trailer(length) if byte == b'\r' => Ok(Self::Trailer(length)),
            Self::Trailer(length) => Ok(Self::Trailer(length.saturating_add(1))),
            Self::Over => Err(Unreadable),
        }
    }
}

impl Body {
    pub(crate) const NONE: Self = Self::Sized(0);

    pub(crate) const fn is_over(&self) -> bool {
        matches!(self, Self::Sized(0) | Self::Chunked(Chunks::Over))
    }

    /// How many of these bytes belong to it; they are then behind it.
    ///
    /// # Errors
    /// `Unreadable`: chunks that are none.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<usize, Unreadable> {
        match self {
            Self::UntilEnd => Ok(bytes.len()),
            Self::Sized(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left = left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
                Ok(taken)
            }
            Self::Chunked(chunks) => {
                let mut taken = 0;
                while taken < bytes.len() && *chunks != Chunks::Over {
                    taken += within(chunks, &bytes[taken..])?;
                }
                Ok(taken)
            }
        }
    }
}

/// A step: the bytes of a chunk at once, everything else one by one.
fn within(chunks: &mut Chunks, bytes: &[u8]) -> Result<usize, Unreadable> {
    if let Chunks::Data(left) = *chunks {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
        *chunks = if left == 0 { Chunks::DataEnd } else { Chunks::Data(left) };
        return Ok(taken);
    }
    *chunks = chunks.after(bytes[0])?;
    Ok(1)
}
