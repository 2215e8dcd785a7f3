//! Archives made for the test.

use std::io::Write;
use std::path::{Path, PathBuf};

use domain::{InstrumentId, Level, Price, Quantity, Timestamp};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::SourceErrorKind;
use crate::files::lean::{LeanClock, LeanContent, LeanFile, LeanRow, Resolution, SecurityClass};

fn zipped(folder: &Path, relative: &str, members: &[(&str, &str)]) -> PathBuf {
    let path = folder.join(relative);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, text) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    path
}

fn rows(relative: &str, member: &str, text: &str) -> Vec<Result<LeanRow, (u64, SourceErrorKind, String)>> {
    let folder = tempfile::tempdir().unwrap();
    let path = zipped(folder.path(), relative, &[(member, text)]);
    LeanFile::open(&path)
        .unwrap()
        .rows(InstrumentId(0))
        .unwrap()
        .map(|row| row.map_err(|error| (error.line.unwrap_or(0), error.kind, error.what)))
        .collect()
}

const MINUTE: (&str, &str) = ("equity_us/minute/x/20240102_trade.zip", "20240102_x_minute_trade.csv");

fn open_times(relative: &str, member: &str, text: &str) -> Vec<i64> {
    let time = |row: Result<LeanRow, _>| match row.unwrap() {
        LeanRow::Bar(bar) => bar.open_time.millis() / 1_000,
        LeanRow::QuoteBar(row) => row.open_time.millis() / 1_000,
        other => panic!("{other:?}"),
    };
    rows(relative, member, text).into_iter().map(time).collect()
}

#[test]
fn path_and_member_say_what_is_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = zipped(
        folder.path(),
        "forex/fxcm/tick/eurusd/20140501_quote.zip",
        &[("20140501_eurusd_tick_quote.csv", "1,1,1")],
    );
    let file = LeanFile::open(&path).unwrap();
    assert_eq!((file.class, file.clock), (SecurityClass::Fx, LeanClock::EasternStandard));
    assert_eq!((file.resolution, file.content), (Resolution::Tick, LeanContent::Quote));
    assert_eq!((file.symbol.as_str(), file.date), ("EURUSD", Some(jiff::civil::date(2014, 5, 1))));
}

#[test]
fn what_the_path_leaves_open_is_an_error_that_shows_a_good_path() {
    let table = [
        ("20240102_trade.zip", "20240102_x_minute_trade.csv", "what is traded"),
        ("equity/x/20240102_trade.zip", "20240102_x_trade.csv", "tick, second, minute, hour or daily"),
        ("equity/minute/x/trade.zip", "x.csv", "date (YYYYMMDD)"),
        ("fx/minute/x/20240102_quote.zip", "20240102_x_minute_quote.csv", "broker"),
        ("equity/minute/x/20240103_trade.zip", "20240102_x_minute_trade.csv", "after 2024-01-02"),
    ];
    for (relative, member, part) in table {
        let folder = tempfile::tempdir().unwrap();
        let error = LeanFile::open(&zipped(folder.path(), relative, &[(member, "1")])).unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Unsupported);
        assert!(error.what.contains(part) && error.what.contains("equity_us/minute/aapl"), "{error}");
    }
}

#[test]
fn new_york_times_follow_daylight_saving_and_fxcm_times_do_not() {
    // 09:30 on a winter day, on a summer day and on the days when the clock changes at 02:00.
    let at = |date: &str, millis: &str| {
        let relative = format!("equity_us/minute/x/{date}_trade.zip");
        open_times(&relative, &format!("{date}_x_minute_trade.csv"), &format!("{millis},1,1,1,1,1"))[0]
    };
    assert_eq!(at("20240102", "34200000"), 1_704_205_800);
    assert_eq!(at("20240702", "34200000"), 1_719_927_000);
    assert_eq!(at("20240310", "34200000"), 1_710_077_400);
    assert_eq!(at("20241103", "34200000"), 1_730_644_200);
    assert_eq!(at("20241103", "3600000"), 1_730_610_000, "01:00 for the first time");
    let quote = "20240702 09:30,1,1,1,1,0,1,1,1,1,0";
    assert_eq!(open_times("fx/fxcm/hour/eurusd.zip", "eurusd.csv", quote), [1_719_930_600]);
    assert_eq!(open_times("fx/oanda/hour/eurusd.zip", "eurusd.csv", quote), [1_719_912_600]);
}

#[test]
fn equity_prices_are_in_ten_thousandths_and_sides_may_be_missing() {
    let read = rows(
        "equity_us/minute/x/20240102_quote.zip",
        "20240102_x_minute_quote.csv",
        "0,287501,287502,287500,287501,600,,,,,0\n",
    );
    let Ok(LeanRow::QuoteBar(row)) = read[0] else { panic!("{read:?}") };
    let bid = row.bid.unwrap();
    assert_eq!((bid.high, bid.quantity), ("28.7502".parse().unwrap(), Quantity::from_units(600)));
    assert_eq!(row.ask, None);
    assert_eq!(row.closing_quote().ask, Level::default());
    assert_eq!(row.closing_quote().venue_time, row.close_time());
    assert_eq!(row.close_time().since(row.open_time), domain::Span::MINUTE);
}

#[test]
fn ticks_carry_exchange_condition_and_suspicion() {
    let read = rows(
        "equity_us/tick/x/20240102_trade.zip",
        "20240102_x_Trade_Tick.csv",
        "1,1800100,200,P,2000002A,1\n",
    );
    let Ok(LeanRow::Trade(tick)) = read[0] else { panic!("{read:?}") };
    assert_eq!((tick.flags.exchange, tick.flags.condition), (b'P', 0x2000_002a));
    assert!(tick.flags.suspicious);
    assert_eq!(tick.trade.price, "180.01".parse::<Price>().unwrap());
    let read =
        rows("equity_us/tick/x/20240102_quote.zip", "20240102_x_Quote_Tick.csv", "1,0,0,1800100,200,P,1,0\n");
    let Ok(LeanRow::Quote(tick)) = read[0] else { panic!("{read:?}") };
    assert_eq!(tick.quote.bid, Level::default());
    assert_eq!(tick.quote.ask.quantity, Quantity::from_units(200));
}

#[test]
fn float_noise_in_crypto_sizes_is_rounded_and_elsewhere_refused() {
    let text = "0,1,1,1,1,33.35399601000002\n";
    let read = rows("crypto_bars/x/minute/y/20240102_trade.zip", "20240102_y_minute_trade.csv", text);
    let Ok(LeanRow::Bar(bar)) = read[0] else { panic!("{read:?}") };
    assert_eq!(bar.volume, "33.35399601".parse().unwrap());
    assert_eq!(bar.open, Price::from_units(1));
    let read = rows(MINUTE.0, MINUTE.1, text);
    assert!(matches!(&read[0], Err((1, SourceErrorKind::BadValue, _))), "{read:?}");
    let up = rows(
        "crypto_bars/x/minute/y/20240102_trade.zip",
        "20240102_y_minute_trade.csv",
        "0,1,1,1,1,27.039899029999997\n",
    );
    let Ok(LeanRow::Bar(bar)) = up[0] else { panic!("{up:?}") };
    assert_eq!(bar.volume, "27.03989903".parse().unwrap());
}

#[test]
fn bad_rows_are_refused_by_line_and_column_and_the_rest_is_read() {
    let table = [
        ("60000,1,1,1,1", SourceErrorKind::Malformed, "5 fields where 6"),
        (
            "60000,-1,1,1,1,1",
            SourceErrorKind::BadValue,
            "column `open` holds `-1`; expected a price above zero",
        ),
        ("60000,1,1,1,NaN,1", SourceErrorKind::BadValue, "column `close` holds `NaN`"),
        ("60000,1,1,1,1,-5", SourceErrorKind::BadValue, "column `volume`"),
        ("60000,2,1,1,1,1", SourceErrorKind::Malformed, "do not enclose"),
        ("86400000,1,1,1,1,1", SourceErrorKind::BadValue, "column `time`"),
        ("0,1,1,1,1,1", SourceErrorKind::TimeWentBack, "before that of the row above"),
        ("", SourceErrorKind::Malformed, "1 fields"),
    ];
    for (row, kind, part) in table {
        let text = format!("60000,1,1,1,1,1\n{row}\n120000,1,1,1,1,1\n");
        let read = rows(MINUTE.0, MINUTE.1, &text);
        let [Ok(_), Err((2, refused, what)), Ok(_)] = &read[..] else { panic!("{row}: {read:?}") };
        assert_eq!(*refused, kind, "{row}");
        assert!(what.contains(part), "{row}: {what}");
    }
}

#[test]
fn an_archive_must_hold_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let two = zipped(folder.path(), MINUTE.0, &[(MINUTE.1, "1"), ("other.csv", "1")]);
    let error = LeanFile::open(&two).unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Unsupported);
    assert!(error.what.contains("holds 2 files"), "{error}");
    let none = zipped(folder.path(), MINUTE.0, &[]);
    assert_eq!(LeanFile::open(&none).unwrap_err().kind, SourceErrorKind::Unsupported);
    let empty = zipped(folder.path(), MINUTE.0, &[(MINUTE.1, "")]);
    assert_eq!(LeanFile::open(&empty).unwrap_err().kind, SourceErrorKind::Empty);
}

#[test]
fn damaged_archives_are_errors_wherever_the_damage_is() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..1_000).map(|n| format!("{},1,1,1,1,{n}\n", n * 60_000)).collect();
    let path = zipped(folder.path(), MINUTE.0, &[(MINUTE.1, &text)]);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        // No panic and an end; what was changed may be a field that nobody reads.
        if let Ok(rows) = LeanFile::open(&path).and_then(|file| file.rows(InstrumentId(0))) {
            assert!(rows.take(5_000).count() < 5_000);
        }
        std::fs::write(&path, &whole[..at]).unwrap();
        let error = LeanFile::open(&path).unwrap_err();
        assert!(matches!(error.kind, SourceErrorKind::Damaged | SourceErrorKind::Empty), "{error}");
    }
    let mut damaged = whole.clone();
    let middle = whole.len() / 2;
    damaged[middle] ^= 0xff;
    std::fs::write(&path, &damaged).unwrap();
    let last = LeanFile::open(&path).unwrap().rows(InstrumentId(0)).unwrap().last().unwrap();
    assert_eq!(last.unwrap_err().kind, SourceErrorKind::Damaged);
}

#[test]
fn a_changed_digit_is_found_by_the_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let path = zipped(folder.path(), MINUTE.0, &[]);
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file(MINUTE.1, stored).unwrap();
    writer.write_all(b"60000,1,1,1,1,77777\n").unwrap();
    writer.finish().unwrap();
    let read = |path: &Path| -> Vec<_> {
        let rows = LeanFile::open(path).unwrap().rows(InstrumentId(0)).unwrap();
        rows.map(|row| row.map_err(|error| error.kind)).collect()
    };
    assert!(matches!(read(&path)[..], [Ok(_)]));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(5).position(|window| window == b"77777").unwrap();
    bytes[at] = b'8';
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(read(&path)[..], [.., Err(SourceErrorKind::Damaged)]));
}

#[test]
fn a_bomb_is_refused_by_what_it_declares_and_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = "1,1,1,1,1,1\n".repeat(100_000);
    let path = zipped(folder.path(), MINUTE.0, &[(MINUTE.1, &text)]);
    let whole = std::fs::read(&path).unwrap();
    let declared = u32::try_from(text.len()).unwrap().to_le_bytes();
    let places: Vec<_> = whole.windows(4).enumerate().filter(|(_, window)| *window == declared).collect();
    assert!(!places.is_empty());
    let with_size = |size: u32| {
        let mut bytes = whole.clone();
        for (at, _) in &places {
            bytes[*at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
        std::fs::write(&path, &bytes).unwrap();
        LeanFile::open(&path).and_then(|file| file.rows(InstrumentId(0)))
    };
    let last = with_size(1_000).unwrap().last().unwrap();
    assert_eq!(last.unwrap_err().kind, SourceErrorKind::Damaged);
    let whole_rows = with_size(u32::try_from(text.len()).unwrap()).unwrap();
    assert_eq!(whole_rows.filter(Result::is_ok).count(), 100_000);
}

#[test]
fn ticks_of_one_moment_are_kept_in_order() {
    let read =
        rows("fx/oanda/tick/x/20240102_quote.zip", "20240102_x_tick_quote.csv", "5,1.1,1.2\n5,1.15,1.2\n");
    assert!(read.iter().all(Result::is_ok) && read.len() == 2);
    assert_eq!(read[1].as_ref().unwrap().time(), Timestamp::from_millis(1_704_153_600_005));
}
