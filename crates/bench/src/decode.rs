//! Raw exchange text to typed messages, and on to order books.

use anyhow::{Context, Result};
use domain::{FeedMessage, InstrumentId, Price, Quantity, Timestamp};
use market::{BookBuilder, SequenceRule};
use serde::Deserialize;
use serde::de::IgnoredAny;
use venues::binance::BinanceMarket;
use venues::binance::wire::Decoder;
use venues::files::LineReader;

use crate::harness::{Side, Table};

const RECORDING: &str = "crypto_ws/binance_btc_2024-08-08/usdm_btcusdt.gz";

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let Some(path) = recordings::find(RECORDING) else { return Ok(()) };
    let lines = read(&path)?;
    let trades: Vec<&[u8]> = lines.iter().map(Vec::as_slice).filter(|line| has(line, b"@trade\"")).collect();
    trade_text(table, &trades);
    books(table, &lines);
    Ok(())
}

fn has(line: &[u8], part: &[u8]) -> bool {
    line.windows(part.len()).take(64).any(|window| window == part)
}

/// The messages alone, without their receive times.
fn read(path: &std::path::Path) -> Result<Vec<Vec<u8>>> {
    let mut reader = LineReader::open(path)?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next() {
        let line = line?;
        lines.push(line.bytes.get(20..).context("a line without a message")?.to_vec());
    }
    Ok(lines)
}

fn decoder() -> Decoder {
    Decoder::new(BinanceMarket::UsdMargined, &[("BTCUSDT".to_owned(), InstrumentId(0))])
}

#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(borrow)]
    data: TradeText<'a>,
}

#[derive(Deserialize)]
struct TradeText<'a> {
    #[serde(rename = "T")]
    time: i64,
    t: u64,
    p: &'a str,
    q: &'a str,
    m: bool,
}

/// The same typed trade by way of serde: borrowed text, then the same exact numbers.
fn by_serde(line: &[u8]) -> Option<domain::Trade> {
    let wrapped: Wrapped<'_> = serde_json::from_slice(line).ok()?;
    Some(domain::Trade {
        instrument: InstrumentId(0),
        id: wrapped.data.t,
        price: Price::parse(wrapped.data.p.as_bytes()).ok()?,
        quantity: Quantity::parse(wrapped.data.q.as_bytes()).ok()?,
        aggressor: Some(if wrapped.data.m { domain::Side::Sell } else { domain::Side::Buy }),
        venue_time: Timestamp::from_millis(wrapped.data.time),
        receive_time: Timestamp::EPOCH,
    })
}

fn trade_text(table: &mut Table, trades: &[&[u8]]) {
    let mut decoder = decoder();
    let mut ours = || {
        let decode =
            |line: &&&[u8]| matches!(decoder.decode(line, Timestamp::EPOCH), Ok(Some(FeedMessage::Trade(_))));
        trades.iter().filter(decode).count()
    };
    let mut serde = || trades.iter().filter(|line| by_serde(line).is_some()).count();
    assert_eq!(ours(), serde(), "both decode every trade");
    table.compare(
        "raw Binance text → typed trade",
        (Side { name: "scanner", units: trades.len() }, &mut ours),
        (Side { name: "serde_json typed, borrowed", units: trades.len() }, &mut serde),
        "floor 1, aim 2.5",
    );
}

fn books(table: &mut Table, lines: &[Vec<u8>]) {
    let mut decoder = decoder();
    let mut ours = || {
        let mut builder = BookBuilder::new(InstrumentId(0), SequenceRule::PreviousId);
        for line in lines {
            match decoder.decode(line, Timestamp::EPOCH) {
                Ok(Some(FeedMessage::DepthUpdate(update))) => {
                    std::hint::black_box(builder.on_update(update));
                }
                Ok(Some(FeedMessage::DepthSnapshot(snapshot))) => {
                    std::hint::black_box(builder.on_snapshot(snapshot));
                }
                _ => {}
            }
        }
        builder.counts().applied
    };
    let mut bare = || lines.iter().filter(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok()).count();
    table.compare(
        "decode + book, all messages",
        (Side { name: "decode, check, build", units: lines.len() }, &mut ours),
        (Side { name: "serde_json parse to nothing", units: lines.len() }, &mut bare),
        "the baseline builds no value at all",
    );
}
