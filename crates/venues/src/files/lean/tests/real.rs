//! The archives of the data folder.

use std::path::{Path, PathBuf};

use domain::{Bar, FeedMessage, InstrumentId, Price, Timestamp};

use crate::files::lean::{LeanFile, LeanMessages, LeanRow};

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

/// The rows of a share's quotes are the best of twelve exchanges: never crossed in the session once both sides of a
/// change are joined, and nearly every trade in it is at the best bid, the best offer or between.
#[test]
fn the_best_of_twelve_exchanges_holds_the_trades_of_the_session() {
    let Some(folder) = recordings::find("equity_us/tick/ibm") else { return };
    let file = |content: &str| LeanFile::open(&folder.join(format!("20131008_{content}.zip"))).unwrap();
    let session = market::Calendar::NewYork.session_of(market::Day::from_date(2013, 10, 8)).unwrap();
    let mut messages = LeanMessages::new(&file("quote"), InstrumentId(0)).unwrap();
    let (mut quotes, mut all) = (Vec::new(), 0u64);
    for message in messages.by_ref() {
        let FeedMessage::Quote { quote, .. } = message.unwrap() else { panic!("a quote") };
        all += 1;
        if session.holds(quote.venue_time) {
            quotes.push(quote);
        }
    }
    let crossed = quotes.iter().filter(|quote| quote.bid.price > quote.ask.price).count();
    let (mut inside, mut outside, mut place) = (0u32, 0u32, 0);
    for row in file("trade").rows(InstrumentId(0)).unwrap() {
        let LeanRow::Trade(tick) = row.unwrap() else { panic!("a trade") };
        let time = tick.trade.venue_time;
        if !session.holds(time) || tick.flags.suspicious {
            continue;
        }
        while place + 1 < quotes.len() && quotes[place + 1].venue_time <= time {
            place += 1;
        }
        // Trades of one millisecond may be of the quote before.
        let near = &quotes[place.saturating_sub(1)..=place];
        let holds = |quote: &domain::Quote| {
            quote.bid.price <= tick.trade.price && tick.trade.price <= quote.ask.price
        };
        *(if near.iter().any(holds) { &mut inside } else { &mut outside }) += 1;
    }
    println!(
        "{all} quotes, {} in the session, {crossed} crossed; trades {inside} inside, {outside} outside",
        quotes.len()
    );
    assert_eq!(2 * (all + messages.doubted()), 125_750);
    assert!(crossed * 100 < quotes.len(), "{crossed} of {}", quotes.len());
    assert!(inside > 30 * outside, "{inside} inside, {outside} outside");
}
