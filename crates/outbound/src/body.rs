//! A request's body that tells how much of it was taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::progress::{Progress, Stage};

/// Small enough that a party which stops reading is noticed soon.
const PIECE_BYTES: usize = 16 << 10;

pub(crate) struct TellingBody {
    left: Bytes,
    taken: usize,
    progress: Progress,
}

impl TellingBody {
    pub(crate) const fn new(body: Bytes, progress: Progress) -> Self {
        Self { left: body, taken: 0, progress }
    }
}

impl Body for TellingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.left.len().min(PIECE_BYTES);
        let piece = self.left.split_to(size);
        self.taken = self.taken.saturating_add(1);
        self.progress.reach(if self.left.is_empty() { Stage::Written } else { Stage::Writing(self.taken) });
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.left.len()).unwrap_or(u64::MAX))
    }
}
