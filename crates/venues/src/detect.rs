//! Which kind of input a file is.

use std::path::Path;

use crate::binance::BinanceMarket;
use crate::binance::capture;
use crate::files::lean::LeanFile;
use crate::files::{CsvContent, LineReader, csv, is_zip};
use crate::recording::exchange_of;
use crate::{SourceError, SourceErrorKind};

/// How many lines of a capture are looked at: enough to meet every stream and symbol of a connection.
const CAPTURE_LINES: usize = 2_000;

const ACCEPTED: &str = "what is read, plain, gzip or zstd: a Binance recording (lines `<receive time in ns> \
     <message>`), a recording of a venue by cryptofeed (JSON lines that begin with a header), a CSV with a header row \
     `time,price,quantity` or `time,bid,bid_quantity,ask,ask_quantity` or `time,open,high,low,close,volume`; and a LEAN \
     zip below a folder like equity_us/minute/aapl";

/// What a file holds, with what its reader needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// For [`crate::binance::CaptureSource`]; the symbols in order of appearance.
    BinanceCapture {
        market: BinanceMarket,
        symbols: Vec<String>,
    },
    /// For [`crate::recording::RecordingSource`]; the venue as the header names it.
    Recording {
        exchange: String,
    },
    Lean(LeanFile),
    /// For [`crate::files::CsvSource`].
    Csv(CsvContent),
}

/// Finds out what `path` holds from its content, and for LEAN archives from its path.
///
/// # Errors
/// When it cannot be read, or is none of the kinds: the error says what it looks like and what is read.
pub fn detect(path: &Path) -> Result<InputKind, SourceError> {
    let is_named_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if is_zip(path)? || is_named_zip {
        return LeanFile::open(path).map(InputKind::Lean);
    }
    let mut lines = LineReader::open(path)?;
    let Some(first) = lines.next() else { return Err(unknown(path, "it holds no line")) };
    let first = first?.bytes;
    if capture::split(first).is_some() {
        return detect_capture(path);
    }
    if let Some(exchange) = exchange_of(first) {
        return Ok(InputKind::Recording { exchange });
    }
    let refusal = match csv::recognise(first) {
        Ok(content) => return Ok(InputKind::Csv(content)),
        Err(why) => explain(path, first, &why),
    };
    // A recording may begin with the end of a line that was cut off.
    match lines.next() {
        Some(Ok(second)) if capture::split(second.bytes).is_some() => detect_capture(path),
        _ => Err(refusal),
    }
}

fn unknown(path: &Path, what: &str) -> SourceError {
    SourceError::of_file(path, SourceErrorKind::Unsupported, format!("{what}; {ACCEPTED}"))
}

fn explain(path: &Path, first: &[u8], why: &str) -> SourceError {
    let is_below = |name: &str| path.parent().is_some_and(|parent| parent.ends_with(name));
    if is_below("factor_files") || is_below("map_files") {
        return unknown(
            path,
            "it is a LEAN factor or map file, which goes with a price archive and holds no events",
        );
    }
    if first.contains(&0) || std::str::from_utf8(first).is_err() {
        return unknown(path, "it is binary");
    }
    if first.trim_ascii_start().starts_with(b"{") {
        return unknown(
            path,
            "it begins with JSON, without the receive time that a recording has before each message",
        );
    }
    SourceError::of_line(path, 1, SourceErrorKind::Unsupported, format!("{why}. Otherwise {ACCEPTED}"))
}

fn detect_capture(path: &Path) -> Result<InputKind, SourceError> {
    let mut lines = LineReader::open(path)?;
    let (mut market, mut symbols) = (None, Vec::new());
    for _ in 0..CAPTURE_LINES {
        let Some(line) = lines.next() else { break };
        let Some((_, message)) = line.ok().and_then(|line| capture::split(line.bytes)) else { continue };
        market = market.or_else(|| guess_market(message));
        if let Some(symbol) = find_symbol(message)
            && !symbols.iter().any(|known| known == symbol)
        {
            symbols.push(symbol.to_owned());
        }
    }
    match market {
        Some(market) if !symbols.is_empty() => Ok(InputKind::BinanceCapture { market, symbols }),
        _ => Err(unknown(path, "its lines have receive times, but no message of a Binance market stream")),
    }
}

/// The market, where a message's fields tell it: trades of both futures markets look alike.
fn guess_market(message: &[u8]) -> Option<BinanceMarket> {
    let has = |part: &str| memchr::memmem::find(message, part.as_bytes()).is_some();
    if !has("\"data\":") {
        return None;
    }
    if has("\"ps\":\"") {
        return Some(BinanceMarket::CoinMargined);
    }
    if has("\"pu\":") || has("\"e\":\"bookTicker\"") {
        return Some(BinanceMarket::UsdMargined);
    }
    let is_spot = has("@bookTicker\"") || has("\"e\":\"depthUpdate\"") || has("\"M\":");
    is_spot.then_some(BinanceMarket::Spot)
}

fn find_symbol(message: &[u8]) -> Option<&str> {
    const FIELD: &[u8] = b"\"s\":\"";
    let start = memchr::memmem::find(message, FIELD)? + FIELD.len();
    let length = memchr::memchr(b'"', message.get(start..)?)?;
    std::str::from_utf8(&message[start..start + length]).ok().filter(|symbol| symbol.len() <= 32)
}
