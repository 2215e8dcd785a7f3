//! The archives of the data folder.

use std::path::{Path, PathBuf};

use domain::{Bar, InstrumentId, Price, Timestamp};

use crate::files::lean::{LeanFile, LeanRow};

fn archives(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            archives(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "zip") {
            found.push(path);
        }
    }
}

fn rows(path: &Path) -> Vec<LeanRow> {
    let file = LeanFile::open(path).unwrap();
    file.rows(InstrumentId(0)).unwrap().map(|row| row.unwrap()).collect()
}

#[test]
fn every_archive_is_read_to_its_end_without_an_error() {
    for (name, expected) in [("equity_us", 41), ("fx", 35), ("crypto_bars", 18)] {
        let Some(folder) = recordings::find(name) else { return };
        let mut found = Vec::new();
        archives(&folder, &mut found);
        let mut all = 0;
        for path in &found {
            let read = LeanFile::open(path).unwrap().rows(InstrumentId(0)).unwrap();
            all += read.map(|row| row.map_err(|error| panic!("{error}"))).filter(Result::is_ok).count();
        }
        assert_eq!(found.len(), expected, "{name}");
        assert!(all > 10_000, "{name}: {all}");
    }
}

#[test]
fn ibm_ticks_are_as_many_as_were_recorded() {
    let Some(folder) = recordings::find("equity_us/tick/ibm") else { return };
    let trades = rows(&folder.join("20131008_trade.zip"));
    assert_eq!(trades.len(), 33_381);
    let LeanRow::Trade(first) = trades[0] else { panic!() };
    assert_eq!(first.trade.price, "182.1".parse::<Price>().unwrap());
    assert_eq!(first.trade.venue_time, Timestamp::from_millis(1_381_236_469_457), "08:47:49.457 in New York");
    let quotes = rows(&folder.join("20131008_quote.zip"));
    assert_eq!(quotes.len(), 125_750);
    let one_sided = |row: &LeanRow| match row {
        LeanRow::Quote(tick) => {
            tick.quote.bid.quantity.is_positive() != tick.quote.ask.quantity.is_positive()
        }
        _ => false,
    };
    assert!(quotes.iter().all(one_sided));
}

/// The publisher made the second bars from the ticks: they referee the reading of both.
#[test]
fn fx_second_bars_are_the_aggregation_of_the_ticks() {
    for broker in ["fxcm", "oanda"] {
        let Some(folder) = recordings::find(&format!("fx/{broker}")) else { return };
        let ticks = rows(&folder.join("tick/eurusd/20140504_quote.zip"));
        let seconds = rows(&folder.join("second/eurusd/20140504_quote.zip"));
        let mut closes: Vec<(Timestamp, Price, Price)> = Vec::new();
        for tick in &ticks {
            let LeanRow::Quote(tick) = tick else { panic!() };
            let second = tick.quote.venue_time.floor_to(domain::Span::SECOND);
            let close = (second, tick.quote.bid.price, tick.quote.ask.price);
            match closes.last_mut() {
                Some(last) if last.0 == second => *last = close,
                _ => closes.push(close),
            }
        }
        let printed: Vec<_> = seconds
            .iter()
            .map(|row| match row {
                LeanRow::QuoteBar(row) => (row.open_time, row.bid.unwrap().close, row.ask.unwrap().close),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(closes, printed, "{broker}");
    }
}

fn bars(path: &Path) -> Vec<Bar> {
    let bar = |row| match row {
        LeanRow::Bar(bar) => bar,
        other => panic!("{other:?}"),
    };
    rows(path).into_iter().map(bar).collect()
}

#[test]
fn the_half_day_of_google_ends_early_and_apple_has_its_days() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let daily = bars(&folder.join("daily/aapl.zip"));
    assert_eq!(daily.len(), 5_849);
    assert_eq!(daily[0].open_time, Timestamp::from_millis(883_717_200_000), "1998-01-02 00:00 in New York");
    assert_eq!(daily[0].open, "13.63".parse().unwrap());
    let minutes = bars(&folder.join("minute/goog/20151224_trade.zip"));
    let busiest = minutes.iter().max_by_key(|bar| bar.volume).unwrap();
    // The closing minute of a half day is 12:59 or 13:00 in New York, which is UTC-5 in December.
    let opened = busiest.open_time.millis() / 60_000 % (24 * 60);
    assert!((17 * 60 + 58..=18 * 60).contains(&opened) || opened == 14 * 60 + 30, "{opened}");
}
