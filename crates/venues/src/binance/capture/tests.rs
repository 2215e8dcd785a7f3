use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use domain::{FeedMessage, InstrumentId, Instruments, Level, Price, Quantity, Timestamp};

use super::{CaptureSource, split};
use crate::SourceErrorKind;
use crate::binance::instruments::bitcoin;
use crate::binance::{BinanceMarket, Decoder};
use crate::wire::DecodeErrorKind;

const RECORDINGS: [(&str, BinanceMarket, usize); 3] = [
    ("crypto_ws/binance_btc_2024-08-08/spot_btcusdt.gz", BinanceMarket::Spot, 41_249),
    ("crypto_ws/binance_btc_2024-08-08/usdm_btcusdt.gz", BinanceMarket::UsdMargined, 93_954),
    ("crypto_ws/binance_btc_2024-08-08/cm_btcusd_perp.gz", BinanceMarket::CoinMargined, 48_270),
];

fn symbols(market: BinanceMarket) -> Vec<(String, InstrumentId)> {
    vec![(bitcoin(market).symbol, InstrumentId(0))]
}

fn whole_text(path: &Path) -> String {
    let mut text = String::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap());
    decoder.read_to_string(&mut text).unwrap();
    text
}

/// Trades, quotes, depth updates, snapshots.
type Counts = [usize; 4];

fn counted_in_text(text: &str) -> Counts {
    ["@trade\"", "@bookTicker\"", "@depth@", "{\"lastUpdateId\":"]
        .map(|mark| text.lines().filter(|line| line.contains(mark)).count())
}

fn counted_by_source(path: &Path, market: BinanceMarket) -> (Counts, u64) {
    let mut source = CaptureSource::open(path, market, &symbols(market)).unwrap();
    let mut counts = [0; 4];
    let mut latest = Timestamp::MIN;
    while let Some(captured) = source.next() {
        let captured = captured.unwrap();
        assert!(captured.recorded_time >= latest, "line {}", captured.line);
        latest = captured.message.receive_time();
        counts[match captured.message {
            FeedMessage::Trade(_) => 0,
            FeedMessage::Quote { .. } => 1,
            FeedMessage::DepthUpdate(_) => 2,
            FeedMessage::DepthSnapshot(_) => 3,
            other => panic!("line {}: {other:?}", captured.line),
        }] += 1;
    }
    let (read, size) = source.progress();
    assert_eq!(read, size, "progress ends at the end");
    (counts, source.surprises())
}

#[test]
fn every_line_of_the_recordings_is_counted_as_what_it_is() {
    for (name, market, lines) in RECORDINGS {
        let Some(path) = recordings::find(name) else { return };
        let expected = counted_in_text(&whole_text(&path));
        assert_eq!(expected.iter().sum::<usize>(), lines, "{name}");
        assert_eq!(counted_by_source(&path, market), (expected, 0), "{name}");
    }
}

#[test]
fn both_layers_decode_every_recorded_message_alike() {
    for (name, market, _) in RECORDINGS {
        let Some(path) = recordings::find(name) else { return };
        let text = whole_text(&path);
        let mut fast = Decoder::new(market, &symbols(market));
        let mut full = Decoder::new(market, &symbols(market));
        for line in text.lines() {
            let (time, message) = split(line.as_bytes()).unwrap();
            assert_eq!(fast.decode(message, time), full.decode_fully(message, time), "{line}");
        }
        assert_eq!(fast.surprises(), 0, "{name}");
    }
}

/// Spot books hold three orders from before the step was coarsened, far from the market.
#[test]
fn recorded_prices_and_sizes_are_multiples_of_the_instruments_steps() {
    for ((name, market, _), old_orders) in RECORDINGS.into_iter().zip([3, 0, 0]) {
        let Some(path) = recordings::find(name) else { return };
        let instrument = bitcoin(market);
        let fits = |price: Price, quantity: Quantity| {
            price.is_multiple_of(instrument.price_tick) && quantity.is_multiple_of(instrument.quantity_step)
        };
        let odd = |bids: &[Level], asks: &[Level]| {
            bids.iter().chain(asks).filter(|level| !fits(level.price, level.quantity)).count()
        };
        let mut odd_levels = 0;
        let mut source = CaptureSource::open(&path, market, &symbols(market)).unwrap();
        while let Some(captured) = source.next() {
            match captured.unwrap().message {
                FeedMessage::Trade(trade) => assert!(fits(trade.price, trade.quantity), "{name}: {trade:?}"),
                FeedMessage::Quote { quote, .. } => assert_eq!(odd(&[quote.bid], &[quote.ask]), 0, "{name}"),
                FeedMessage::DepthUpdate(update) => odd_levels += odd(&update.bids, &update.asks),
                FeedMessage::DepthSnapshot(book) => odd_levels += odd(&book.bids, &book.asks),
                FeedMessage::Bar(_)
                | FeedMessage::Corporate(_)
                | FeedMessage::Interrupted(_)
                | FeedMessage::Amendment(_) => {}
            }
        }
        assert_eq!(odd_levels, old_orders, "{name}");
    }
}

#[test]
fn the_three_instruments_are_three() {
    let mut instruments = Instruments::default();
    for (_, market, _) in RECORDINGS {
        instruments.list(bitcoin(market)).unwrap();
    }
    let named: Vec<_> =
        instruments.iter().map(|known| (known.venue.to_string(), known.symbol.clone())).collect();
    let expected =
        [("BINANCE-SPOT", "BTCUSDT"), ("BINANCE-USDM", "BTCUSDT"), ("BINANCE-COINM", "BTCUSD_PERP")];
    assert_eq!(named, expected.map(|(venue, symbol)| (venue.to_owned(), symbol.to_owned())));
}

fn trade(millis: i64) -> String {
    format!(
        r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{millis},"s":"BTCUSDT","t":1,"p":"1.5","q":"2","T":{millis},"m":true,"M":true}}}}"#
    )
}

fn written(lines: &[String]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.txt");
    std::fs::File::create(&path).unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    (folder, path)
}

/// Line and receive time in ms of each message, or the error's kind.
fn read_all(lines: &[String]) -> Vec<Result<(u64, i64), SourceErrorKind>> {
    let (_folder, path) = written(lines);
    let mut source = CaptureSource::open(&path, BinanceMarket::Spot, &symbols(BinanceMarket::Spot)).unwrap();
    let mut read = Vec::new();
    while let Some(captured) = source.next() {
        read.push(match captured {
            Ok(captured) => Ok((captured.line, captured.message.receive_time().millis())),
            Err(error) => Err(error.kind),
        });
    }
    read
}

const START: i64 = 1_723_161_255_000;

fn line(millis: i64) -> String {
    format!("{millis}000000 {}", trade(START))
}

#[test]
fn a_small_step_back_is_delivered_at_the_time_before_and_a_large_one_refused() {
    let lines = [line(START), line(START - 999), line(START - 1_000), line(START + 5)];
    let expected = [Ok((1, START)), Ok((2, START)), Err(SourceErrorKind::TimeWentBack), Ok((4, START + 5))];
    assert_eq!(read_all(&lines), expected);
    let (_folder, path) = written(&lines);
    let mut source = CaptureSource::open(&path, BinanceMarket::Spot, &symbols(BinanceMarket::Spot)).unwrap();
    assert!(source.next().unwrap().is_ok());
    assert_eq!(source.next().unwrap().unwrap().recorded_time, Timestamp::from_millis(START - 999));
}

#[test]
fn a_damaged_receive_time_costs_one_line_and_not_the_rest() {
    let ticker = r#"{"stream":"s@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"}}"#;
    let later = START + 200_000_000;
    let lines = [line(START), line(later), format!("{later}000000 {ticker}"), line(START + 1)];
    let refused = Err(SourceErrorKind::BadValue);
    assert_eq!(read_all(&lines), [Ok((1, START)), refused, refused, Ok((4, START + 1))]);
}

#[test]
fn bad_lines_are_errors_and_the_next_line_follows() {
    let lines = [
        String::new(),
        "no time".to_owned(),
        format!("{START} {}", trade(START)),
        format!("{START}000000 {{\"stream\":"),
        format!("{START}000000 {{\"result\":null,\"id\":1}}"),
        line(START),
    ];
    let decode = SourceErrorKind::Decode(DecodeErrorKind::Malformed);
    let malformed = Err(SourceErrorKind::Malformed);
    assert_eq!(read_all(&lines), [malformed, malformed, malformed, Err(decode), Ok((6, START))]);
}

#[test]
fn an_error_names_file_line_and_reason() {
    let (_folder, path) = written(&[line(START), line(START).replace("\"1.5\"", "\"NaN\"")]);
    let mut source = CaptureSource::open(&path, BinanceMarket::Spot, &symbols(BinanceMarket::Spot)).unwrap();
    assert!(source.next().unwrap().is_ok());
    let error = source.next().unwrap().unwrap_err();
    assert!(error.kind.is_of_one_line());
    let expected = format!("{}, line 2: price `p` is not a decimal number", path.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(source.next().is_none());
}
