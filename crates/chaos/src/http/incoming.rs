use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::body::Unreadable;
use crate::connection::BUFFER_BYTES;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// Why nothing more can be read.
#[derive(Debug)]
pub(crate) enum Stuck {
    /// The connection broke.
    Broken,
    Unreadable,
}

impl From<io::Error> for Stuck {
    fn from(_: io::Error) -> Self {
        Self::Broken
    }
}

impl From<Unreadable> for Stuck {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

/// What came from one side and was not passed on yet. Every wait in here may be given up and taken up again.
#[derive(Debug, Default)]
pub(crate) struct Incoming(Vec<u8>);

impl Incoming {
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        &mut self.0
    }

    pub(crate) fn forget(&mut self, bytes: usize) {
        self.0.drain(..bytes);
    }

    /// Waits for something to come. False: the other side has said all.
    pub(crate) async fn more<R: AsyncRead + Unpin>(&mut self, from: &mut R) -> io::Result<bool> {
        if self.0.capacity() < BUFFER_BYTES {
            self.0.reserve_exact(BUFFER_BYTES - self.0.len());
        }
        let room = BUFFER_BYTES.saturating_sub(self.0.len());
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        Ok(from.take(room).read_buf(&mut self.0).await? > 0)
    }

    /// The bytes of the next head, its empty line included. `None` when the other side has said all before one
    /// began.
    ///
    /// # Errors
    /// `Unreadable` for a head that is too long, `Broken` for one that breaks off.
    pub(crate) async fn head<R: AsyncRead + Unpin>(
        &mut self,
        from: &mut R,
    ) -> Result<Option<Vec<u8>>, Stuck> {
        let mut searched: usize = 0;
        loop {
            let start = searched.saturating_sub(HEAD_END.len());
            let mut windows = self.0[start..].windows(HEAD_END.len());
            if let Some(place) = windows.position(|window| window == HEAD_END) {
                return Ok(Some(self.0.drain(..start + place + HEAD_END.len()).collect()));
            }
            searched = self.0.len();
            if searched >= BUFFER_BYTES {
                return Err(Stuck::Unreadable);
            }
            if !self.more(from).await? {
                return if self.0.is_empty() { Ok(None) } else { Err(Stuck::Broken) };
            }
        }
    }
}
