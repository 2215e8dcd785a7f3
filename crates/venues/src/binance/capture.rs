//! Recordings of raw messages: one line = `<local receive time in ns since 1970> <message as sent>`.

use std::path::Path;

use domain::{FeedMessage, InstrumentId, Span, Timestamp};

use super::BinanceMarket;
use super::wire::{Decoded, Decoder};
use crate::files::{Line, LineReader};
use crate::{SourceError, SourceErrorKind};

/// Receive times may step back by less than this: a recorder that reads several sockets writes its lines a
/// little out of order. Such a line is delivered at the time of the one before. An older line is refused.
pub const REORDER_TOLERANCE: Span = Span::SECOND;

/// 2009-01-01 and 2100-01-01: a receive time outside is seconds, milliseconds, or a damaged digit.
const PLAUSIBLE: std::ops::Range<i64> = 1_230_768_000_000_000_000..4_102_444_800_000_000_000;

/// How far the recorder's clock may be from the venue's. One damaged digit in a receive time would otherwise
/// make every later line look old.
const CLOCK_DIFFERENCE_MAX: Span = Span::DAY;

/// One message of a recording.
#[derive(Debug, Clone, Copy)]
pub struct Captured<'a> {
    /// Counted from one.
    pub line: u64,
    /// The receive time as recorded. The message carries it too, but never earlier than the message before.
    pub recorded_time: Timestamp,
    pub message: FeedMessage<'a>,
}

/// Reads a recording of one connection.
pub struct CaptureSource {
    lines: LineReader,
    decoder: Decoder,
    latest: Timestamp,
}

impl CaptureSource {
    /// Opens a plain or gzip recording whose messages are of `market` and name `symbols`.
    ///
    /// # Errors
    /// When the file cannot be opened; see [`LineReader::open`].
    pub fn open(
        path: &Path,
        market: BinanceMarket,
        symbols: &[(String, InstrumentId)],
    ) -> Result<Self, SourceError> {
        let lines = LineReader::open(path)?;
        Ok(Self { lines, decoder: Decoder::new(market, symbols), latest: Timestamp::MIN })
    }

    /// Bytes consumed and file size; see [`LineReader::progress`].
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.lines.progress()
    }

    /// Messages that took the slow path; see [`Decoder::surprises`].
    #[must_use]
    pub const fn surprises(&self) -> u64 {
        self.decoder.surprises()
    }

    /// The next message with market data; acknowledgements are stepped over. An error whose kind
    /// [`SourceErrorKind::is_of_one_line`] costs that line alone: call again for the next. `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Captured<'_>, SourceError>> {
        let taken = loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            match take(line, &mut self.decoder, &mut self.latest) {
                Ok(Some(taken)) => break Ok(taken),
                Ok(None) => {}
                Err(refusal) => break Err((line.number, refusal)),
            }
        };
        Some(match taken {
            Ok((line, recorded_time, decoded)) => {
                Ok(Captured { line, recorded_time, message: self.decoder.lend(decoded) })
            }
            Err((line, (kind, what))) => Err(SourceError::of_line(self.lines.path(), line, kind, what)),
        })
    }
}

type Taken = (u64, Timestamp, Decoded);
type Refusal = (SourceErrorKind, String);

fn take(line: Line<'_>, decoder: &mut Decoder, latest: &mut Timestamp) -> Result<Option<Taken>, Refusal> {
    let (recorded_time, text) =
        split(line.bytes).ok_or_else(|| (SourceErrorKind::Malformed, describe_bad_start(line.bytes)))?;
    let receive_time = recorded_time.max(*latest);
    if receive_time.since(recorded_time) >= REORDER_TOLERANCE {
        return Err((SourceErrorKind::TimeWentBack, describe_step_back(recorded_time, *latest)));
    }
    let decoded = decoder
        .read(text, receive_time)
        .map_err(|error| (SourceErrorKind::Decode(error.kind), error.to_string()))?;
    let Some(decoded) = decoded else { return Ok(None) };
    check_clocks(recorded_time, *latest, venue_time(&decoder.lend(decoded)))?;
    *latest = receive_time;
    Ok(Some((line.number, recorded_time, decoded)))
}

/// Receive time and message of a line.
#[inline]
pub(crate) fn split(line: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (&[b'1'..=b'9', ..], Some(b' ')) = (line.first_chunk::<19>()?, line.get(19)) else { return None };
    let mut nanos = 0i64;
    for byte in &line[..19] {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        nanos = nanos.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    PLAUSIBLE.contains(&nanos).then_some((Timestamp::from_nanos(nanos), &line[20..]))
}

const fn venue_time(message: &FeedMessage<'_>) -> Option<Timestamp> {
    match message {
        FeedMessage::Trade(trade) => Some(trade.venue_time),
        FeedMessage::Quote { quote, .. } => Some(quote.venue_time),
        FeedMessage::DepthUpdate(update) => Some(update.venue_time),
        FeedMessage::DepthSnapshot(snapshot) => Some(snapshot.venue_time),
        FeedMessage::Amendment(amendment) => Some(amendment.venue_time),
        FeedMessage::Bar(_) | FeedMessage::Corporate(_) | FeedMessage::Interrupted(_) => None,
    }
}

#[inline]
fn check_clocks(recorded: Timestamp, latest: Timestamp, venue: Option<Timestamp>) -> Result<(), Refusal> {
    // A message without the venue's time carries the receive time instead: then the line before is the witness.
    let venue = venue.filter(|&venue| venue != recorded.max(latest)).unwrap_or(latest);
    if venue == Timestamp::MIN
        || recorded.since(venue).nanos().unsigned_abs() <= CLOCK_DIFFERENCE_MAX.nanos().unsigned_abs()
    {
        return Ok(());
    }
    let what = format!(
        "receive time {} and the venue's or previous time {} (ns) are more than a day apart; one is damaged",
        recorded.nanos(),
        venue.nanos()
    );
    Err((SourceErrorKind::BadValue, what))
}

fn describe_bad_start(line: &[u8]) -> String {
    let start = String::from_utf8_lossy(&line[..line.len().min(40)]);
    format!(
        "the line begins with `{}`; expected the receive time in ns since 1970 (19 digits), a space and the \
         message",
        start.escape_debug()
    )
}

fn describe_step_back(recorded: Timestamp, latest: Timestamp) -> String {
    format!(
        "receive time {} is {} ms before the line delivered last ({}); the line was skipped",
        recorded.nanos(),
        latest.since(recorded).millis(),
        latest.nanos()
    )
}

#[cfg(test)]
mod tests;
