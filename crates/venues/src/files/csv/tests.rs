use std::io::Write;
use std::path::PathBuf;

use domain::{BarPeriod, BarRule, FeedMessage, InstrumentId, Level, Side, Span, Timestamp};

use super::{CsvContent, CsvSource};
use crate::{SourceError, SourceErrorKind};

const MINE: InstrumentId = InstrumentId(7);

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    (folder, path)
}

fn read_all(text: &str) -> Vec<Result<FeedMessage<'static>, SourceError>> {
    let (_folder, path) = written(text);
    CsvSource::open(&path, MINE, None).unwrap().collect()
}

fn refusal(text: &str) -> SourceError {
    let (_folder, path) = written(text);
    match CsvSource::open(&path, MINE, None) {
        Ok(mut source) => source.find_map(Result::err).unwrap(),
        Err(error) => error,
    }
}

#[test]
fn trades_with_and_without_the_optional_columns() {
    let read = read_all("time,price,quantity\n1723161254,1.5,2\n");
    let Ok(FeedMessage::Trade(trade)) = read[0] else { panic!() };
    assert_eq!((trade.instrument, trade.id, trade.aggressor), (MINE, 0, None));
    assert_eq!(trade.venue_time, Timestamp::from_seconds(1_723_161_254));
    let read =
        read_all("\u{feff}ID,side,Quantity,price,time\r\n9,SELL,2,-1.5,1723161254\r\n\r\n,,1,1,1723161254");
    let [Ok(FeedMessage::Trade(first)), Ok(FeedMessage::Trade(second))] = read[..] else {
        panic!("{read:?}")
    };
    assert_eq!((first.id, first.aggressor, first.price), (9, Some(Side::Sell), "-1.5".parse().unwrap()));
    assert_eq!((second.id, second.aggressor), (0, None));
}

#[test]
fn quotes_may_have_an_empty_side() {
    let read = read_all("time,bid,bid_quantity,ask,ask_quantity\n1723161254,99.5,3,0,0\n");
    let Ok(FeedMessage::Quote { quote, update_id: None }) = read[0] else { panic!() };
    assert_eq!(quote.bid, Level { price: "99.5".parse().unwrap(), quantity: "3".parse().unwrap() });
    assert_eq!(quote.ask, Level::default());
}

#[test]
fn bars_take_the_period_named_or_the_shortest_distance() {
    let text = "time,open,high,low,close,volume\n0,1,3,1,2,5\n600,2,2,2,2,0\n900,2,2,2,2,0\n";
    let (_folder, path) = written(text);
    let five_minutes = BarPeriod::new(Span::from_seconds(300)).unwrap();
    let mut source = CsvSource::open(&path, MINE, None).unwrap();
    assert_eq!((source.content(), source.period()), (CsvContent::Bars, five_minutes));
    let Some(Ok(FeedMessage::Bar(bar))) = source.next() else { panic!() };
    assert_eq!((bar.rule, bar.open_time), (BarRule::Time(five_minutes), Timestamp::EPOCH));
    assert_eq!(bar.high, "3".parse().unwrap());
    let named = CsvSource::open(&path, MINE, Some(BarPeriod::MINUTE)).unwrap();
    assert_eq!(named.period(), BarPeriod::MINUTE);
    let single = refusal("time,open,high,low,close,volume\n0,1,3,1,2,5\n");
    assert_eq!(single.kind, SourceErrorKind::Unsupported);
}

#[test]
fn times_of_every_unit_mean_the_same_moment() {
    let expected = Timestamp::from_seconds(1_723_161_254);
    let spellings = [
        "1723161254",
        "1723161254000",
        "1723161254000000",
        "1723161254000000000",
        "2024-08-08T23:54:14Z",
        "2024-08-08T19:54:14.000-04:00",
    ];
    for spelling in spellings {
        assert_eq!(super::time::parse(spelling.as_bytes()), Some(expected), "{spelling}");
    }
    let refused =
        ["", "-5", "1.5", "2024-08-08", "2024-08-08T23:54:14", "99999999999999999999", "24-8-8", "\u{fffd}"];
    for spelling in refused {
        assert_eq!(super::time::parse(spelling.as_bytes()), None, "{spelling}");
    }
}

#[test]
fn a_bad_value_is_named_with_file_line_column_and_what_was_expected() {
    let table = [
        ("1,NaN,1", SourceErrorKind::BadValue, "column `price` holds `NaN`; expected a decimal price"),
        (
            "1,1,-1",
            SourceErrorKind::BadValue,
            "column `quantity` holds `-1`; expected a quantity of at least zero",
        ),
        ("1,1,0", SourceErrorKind::BadValue, "column `quantity` holds `0`; expected a quantity above zero"),
        ("1,1e5,1", SourceErrorKind::BadValue, "is not a decimal number"),
        ("1,1.0000000001,1", SourceErrorKind::BadValue, "has more than 9 decimals"),
        ("noon,1,1", SourceErrorKind::BadValue, "column `time` holds `noon`; expected RFC 3339"),
        ("0,1,1", SourceErrorKind::TimeWentBack, "sort the file by time"),
        ("1,1", SourceErrorKind::Malformed, "the row has 2 fields, the header 3"),
        ("1,\"1\",1", SourceErrorKind::BadValue, "column `price`"),
    ];
    for (row, kind, part) in table {
        let text = format!("time,price,quantity\n1,1,1\n{row}\n2,1,1\n");
        let error = refusal(&text);
        assert_eq!((error.kind, error.line), (kind, Some(3)), "{row}: {error}");
        assert!(error.to_string().contains("events.csv, line 3: "), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(read_all(&text).iter().filter(|row| row.is_ok()).count(), 2, "{row}");
    }
}

#[test]
fn bars_that_repeat_or_contradict_themselves_are_refused() {
    let header = "time,open,high,low,close,volume\n60,1,1,1,1,1\n120,1,1,1,1,1\n";
    let repeated = refusal(&format!("{header}120,1,1,1,1,1\n"));
    assert_eq!((repeated.kind, repeated.line), (SourceErrorKind::TimeWentBack, Some(4)));
    let incoherent = refusal(&format!("{header}180,1,0.5,1,1,1\n"));
    assert_eq!(incoherent.kind, SourceErrorKind::BadValue);
}

#[test]
fn other_headers_are_refused_with_what_is_read() {
    let headers = [
        "timestamp,price,quantity",
        "time,price",
        "time,price,quantity,quantity",
        "time,price,quantity,bid",
        "1,2,3",
    ];
    for header in headers {
        let error = refusal(&format!("{header}\n1,1,1\n"));
        assert_eq!((error.kind, error.line), (SourceErrorKind::Unsupported, Some(1)), "{header}");
        assert!(error.to_string().contains("`time,open,high,low,close,volume`"), "{error}");
    }
}
