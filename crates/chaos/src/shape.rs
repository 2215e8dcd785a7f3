use std::io;
use std::time::Duration;

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use crate::connection::End;
use crate::counts::{Count, Counts};
use crate::decisions::below;
use crate::{Decision, Fault};

/// Slices a second under a cap.
const SLICES: u64 = 20;

/// Random bytes made at once.
const GARBAGE_PIECE: usize = 4096;

/// What a piece of an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Of a stream of which nothing is known.
    Bytes,
    /// The head of an HTTP answer, with something behind it.
    Head,
    /// Of an HTTP answer's body, not its end.
    Body,
    /// The last of an HTTP answer.
    Last,
}

/// Sends an answer, spoilt.
#[derive(Debug)]
pub(crate) struct Shaper<'a> {
    fault: Option<Fault>,
    chance: Xoshiro256PlusPlus,
    counts: &'a Counts,
    passed: u64,
    is_counted: bool,
    delays_every_piece: bool,
    is_delayed: bool,
}

impl<'a> Shaper<'a> {
    pub(crate) fn new(decision: Decision, counts: &'a Counts) -> Self {
        Self {
            fault: decision.fault,
            chance: Xoshiro256PlusPlus::seed_from_u64(decision.detail),
            counts,
            passed: 0,
            is_counted: false,
            delays_every_piece: false,
            is_delayed: false,
        }
    }

    /// Latency for each piece, not once for all of them.
    pub(crate) fn for_every_piece(self) -> Self {
        Self { delays_every_piece: true, ..self }
    }

    /// For what goes the other way.
    pub(crate) fn pace(&self) -> Pace {
        match self.fault {
            Some(Fault::Bandwidth { bytes_per_second }) => Pace(Some(bytes_per_second)),
            _ => Pace(None),
        }
    }

    /// # Errors
    /// How the connection is to end.
    pub(crate) async fn send<W: AsyncWrite + Unpin>(
        &mut self,
        to: &mut W,
        bytes: &mut [u8],
        piece: Piece,
    ) -> Result<(), End> {
        match self.fault {
            Some(Fault::Latency { fixed, jitter }) => {
                self.delay(fixed, jitter).await;
                self.pass(to, bytes).await
            }
            Some(Fault::Reset { .. }) => {
                self.count();
                Err(End::Reset)
            }
            Some(Fault::Garbage { bytes: count, inside: false }) => self.garbage(to, count).await,
            Some(Fault::Garbage { bytes: count, inside: true }) => {
                // The head of an answer with a body stays good, so that the damage is where only reading finds it.
                if piece != Piece::Head && !self.is_counted && !bytes.is_empty() {
                    self.garble(bytes, count);
                }
                self.pass(to, bytes).await
            }
            Some(Fault::Drip { every }) => self.drip(to, bytes, every).await,
            Some(Fault::Cut { after_bytes }) => self.cut(to, bytes, after_bytes, piece).await,
            Some(Fault::Bandwidth { .. }) => {
                self.count();
                self.pass(to, bytes).await
            }
            _ => self.pass(to, bytes).await,
        }
    }

    /// Once, when it is done for the first time.
    fn count(&mut self) {
        if let Some(fault) = self.fault.filter(|_| !self.is_counted) {
            self.counts.fault(fault.kind());
            self.is_counted = true;
        }
    }

    async fn pass<W: AsyncWrite + Unpin>(&mut self, to: &mut W, bytes: &[u8]) -> Result<(), End> {
        self.pace().write(to, bytes, &self.counts.bytes_to_client).await.map_err(|_| End::Dropped)
    }

    async fn delay(&mut self, fixed: Duration, jitter: Duration) {
        if self.is_delayed && !self.delays_every_piece {
            return;
        }
        self.is_delayed = true;
        self.count();
        let most = u64::try_from(jitter.as_nanos()).unwrap_or(u64::MAX);
        let more = Duration::from_nanos(below(self.chance.next_u64(), most.saturating_add(1)));
        sleep(fixed.saturating_add(more)).await;
    }

    async fn garbage<W: AsyncWrite + Unpin>(&mut self, to: &mut W, count: usize) -> Result<(), End> {
        self.count();
        let mut piece = [0; GARBAGE_PIECE];
        let mut left = count;
        while left > 0 {
            let some = &mut piece[..left.min(GARBAGE_PIECE)];
            self.chance.fill_bytes(some);
            self.pass(to, some).await?;
            left -= some.len();
        }
        Err(End::Closed)
    }

    /// A run of bytes somewhere in the piece becomes others, each of them.
    fn garble(&mut self, bytes: &mut [u8], count: usize) {
        self.count();
        let count = count.min(bytes.len());
        let places = u64::try_from(bytes.len() - count + 1).unwrap_or(u64::MAX);
        let from = usize::try_from(below(self.chance.next_u64(), places)).unwrap_or_default();
        for byte in &mut bytes[from..from + count] {
            let [other, ..] = self.chance.next_u64().to_le_bytes();
            *byte ^= other | 1;
        }
    }

    async fn drip<W: AsyncWrite + Unpin>(
        &mut self,
        to: &mut W,
        bytes: &[u8],
        every: Duration,
    ) -> Result<(), End> {
        self.count();
        for byte in bytes {
            self.pass(to, std::slice::from_ref(byte)).await?;
            sleep(every).await;
        }
        Ok(())
    }

    async fn cut<W: AsyncWrite + Unpin>(
        &mut self,
        to: &mut W,
        bytes: &[u8],
        after: u64,
        piece: Piece,
    ) -> Result<(), End> {
        let left = usize::try_from(after.saturating_sub(self.passed)).unwrap_or(usize::MAX);
        let before_the_last = if piece == Piece::Last { bytes.len().saturating_sub(1) } else { bytes.len() };
        let kept = left.min(before_the_last);
        self.pass(to, &bytes[..kept]).await?;
        if kept < bytes.len() {
            self.count();
            return Err(End::Closed);
        }
        self.passed = self.passed.saturating_add(u64::try_from(kept).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Bytes a second, where they are capped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace(Option<u64>);

impl Pace {
    /// Counts what was written.
    pub(crate) async fn write<W: AsyncWrite + Unpin>(
        &self,
        to: &mut W,
        bytes: &[u8],
        count: &Count,
    ) -> io::Result<()> {
        let Some(rate) = self.0 else {
            to.write_all(bytes).await?;
            count.add(bytes.len());
            return Ok(());
        };
        let slice = usize::try_from((rate / SLICES).max(1)).unwrap_or(usize::MAX);
        for slice in bytes.chunks(slice) {
            to.write_all(slice).await?;
            count.add(slice.len());
            sleep(span_of(slice.len(), rate)).await;
        }
        Ok(())
    }
}

/// How long so many bytes take at that rate.
fn span_of(bytes: usize, rate: u64) -> Duration {
    let nanos =
        u128::try_from(bytes).unwrap_or(u128::MAX).saturating_mul(1_000_000_000) / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
