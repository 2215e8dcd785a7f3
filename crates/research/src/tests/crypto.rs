//! Bars and spreads of recorded crypto markets.

use std::path::Path;

use domain::{
    Bar, BarPeriod, Contract, CrossVenueSpread, Currency, Instrument, InstrumentId, InstrumentKind,
    Instruments, Level, Quote, Rate, Span, SpreadPhase, Timestamp, Venue,
};
use market::{CrossVenueDetector, Resampler, SpreadLimits};
use venues::files::lean::{LeanFile, LeanRow};

fn rows(path: &Path) -> Vec<LeanRow> {
    LeanFile::open(path).unwrap().rows(InstrumentId(0)).unwrap().map(Result::unwrap).collect()
}

fn bars(path: &Path) -> Vec<Bar> {
    let bar = |row| match row {
        LeanRow::Bar(bar) => bar,
        other => panic!("no bar: {other:?}"),
    };
    rows(path).into_iter().map(bar).collect()
}

#[test]
fn minute_bars_from_second_bars_equal_the_vendors() {
    let Some(folder) = recordings::find("crypto_bars/coinbase") else { return };
    let file = |resolution: &str| bars(&folder.join(format!("{resolution}/btcusd/20161007_trade.zip")));
    let (seconds, minutes) = (file("second"), file("minute"));
    let mut resampler = Resampler::new(InstrumentId(0), BarPeriod::MINUTE);
    let mut found = Vec::new();
    seconds.iter().for_each(|bar| resampler.on_bar(bar, &mut |minute| found.push(minute)));
    found.extend(resampler.flush(Timestamp::MAX));
    assert_eq!((resampler.late(), resampler.refused()), (0, 0));
    assert_eq!((seconds.len(), found.len()), (4_063, 1_419));
    for (ours, theirs) in found.iter().zip(&minutes) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(found.len(), minutes.len());
}

/// Bitcoin where the quotes of a day were recorded, with a taker fee of four basis points everywhere.
fn listed() -> Instruments {
    let mut listed = Instruments::default();
    let size = |units: i64| Rate::from_raw(units * Rate::SCALE);
    let linear = Contract::UNIT;
    for (venue, symbol, kind, contract) in [
        (
            "BINANCE-COINM",
            "BTCUSD_PERP",
            InstrumentKind::InversePerpetual,
            Contract::Inverse { size: size(100) },
        ),
        ("BYBIT-INVERSE", "BTCUSD", InstrumentKind::InversePerpetual, Contract::Inverse { size: size(1) }),
        ("BYBIT-LINEAR", "BTCUSDT", InstrumentKind::LinearPerpetual, linear),
        ("BYBIT-SPOT", "BTCUSDT", InstrumentKind::Spot, linear),
    ] {
        let instrument = Instrument {
            id: InstrumentId(0),
            symbol: symbol.to_owned(),
            venue: Venue::new(venue).unwrap(),
            kind,
            contract,
            base: Currency::BTC,
            quote: Currency::USDT,
            settlement: Currency::USDT,
            price_tick: "0.1".parse().unwrap(),
            quantity_step: "0.000001".parse().unwrap(),
            maker_fee: Rate::ZERO,
            taker_fee: "0.0004".parse().unwrap(),
        };
        listed.list(instrument).unwrap();
    }
    listed
}

const COIN_M: InstrumentId = InstrumentId(0);
const LINEAR: InstrumentId = InstrumentId(2);

/// The closing quotes of every minute, in the order of time.
fn quotes(folder: &Path) -> Vec<Quote> {
    let names =
        ["binance_coinm_btcusd", "bybit_inverse_btcusd", "bybit_linear_btcusdt", "bybit_spot_btcusdt"];
    let mut all: Vec<Quote> = Vec::new();
    for (id, name) in (0..).zip(names) {
        let closing = |row: LeanRow| match row {
            LeanRow::QuoteBar(bar) => Quote { instrument: InstrumentId(id), ..bar.closing_quote() },
            other => panic!("no quote bar: {other:?}"),
        };
        all.extend(rows(&folder.join(format!("{name}_quote.zip"))).into_iter().map(closing));
    }
    all.sort_by_key(|quote| (quote.receive_time, quote.instrument));
    all
}

fn spreads(quotes: &[Quote]) -> Vec<CrossVenueSpread> {
    let limits = SpreadLimits { max_quote_age: Span::MINUTE, min_net_rate: Rate::ZERO };
    let group = (0..4).map(InstrumentId).collect();
    let mut detector = CrossVenueDetector::new(&listed(), &[group], limits).unwrap();
    let mut found = Vec::new();
    quotes.iter().for_each(|quote| detector.on_quote(quote, &mut |spread| found.push(spread)));
    assert_eq!(detector.uncomputable(), 0);
    found
}

/// The quotes that closed the minute from 10:10 to 10:11 UTC were
///
/// | | bid | ask |
/// |---|---|---|
/// | Bybit linear | 17380.5 | 17381 × 114.355 BTC |
/// | Binance COIN-M | 17406.7 × 225 contracts of 100 USD | 17406.8 |
///
/// so Bitcoin was bought at 17381 and sold at 17406.7. By hand:
///
/// - quantity: 225 · 100 / 17406.7 = 22500 / 17406.7 = 1.29260572 BTC on the selling side, less than 114.355;
/// - spent 17381 · 1.29260572 = 22466.78001932, received 17406.7 · 1.29260572 = 22499.999986324;
/// - gross 22499.999986324 − 22466.78001932 = 33.219967004, which is 25.7 · 1.29260572;
/// - fees 0.0004 · 22466.78001932 = 8.986712007728 and 0.0004 · 22499.999986324 = 8.9999999945296, together
///   17.9867120022576;
/// - net 33.219967004 − 17.9867120022576 = 15.2332550017424, per unit spent 15.2332550017424 / 22466.78001932 =
///   0.000678034…, or 6.78 basis points.
#[test]
fn a_minute_of_2022_12_13_across_venues_is_what_it_is_by_hand() {
    let Some(folder) = recordings::find("crypto_bars/x_venue_2022-12-13") else { return };
    let quotes = quotes(&folder);
    let closed = Timestamp::from_seconds(1_670_926_260);
    let of = |id| quotes.iter().find(|quote| quote.instrument == id && quote.receive_time == closed).unwrap();
    let level = |price: &str, quantity: &str| Level {
        price: price.parse().unwrap(),
        quantity: quantity.parse().unwrap(),
    };
    assert_eq!((of(LINEAR).ask, of(COIN_M).bid), (level("17381", "114.355"), level("17406.7", "225")));

    let all = spreads(&quotes);
    let of_minute = |spread: &&CrossVenueSpread| {
        (spread.buy, spread.sell, spread.time) == (LINEAR, COIN_M, closed)
            && spread.phase != SpreadPhase::Closed
    };
    let spread = all.iter().rfind(of_minute).unwrap();
    assert_eq!((spread.buy_price, spread.sell_price), ("17381".parse().unwrap(), "17406.7".parse().unwrap()));
    assert_eq!(spread.quantity, "1.29260572".parse().unwrap());
    assert_eq!(spread.gross, "33.219967004".parse().unwrap());
    assert_eq!(spread.fees, "17.9867120022576".parse().unwrap());
    assert_eq!(spread.net(), Some("15.2332550017424".parse().unwrap()));
    assert_eq!(spread.net_rate, "0.000678034".parse().unwrap());
    assert_eq!((spread.buy_age, spread.sell_age), (Span::ZERO, Span::ZERO));
}

#[test]
fn the_day_of_2022_12_13_has_spreads_that_open_and_close() {
    let Some(folder) = recordings::find("crypto_bars/x_venue_2022-12-13") else { return };
    let all = spreads(&quotes(&folder));
    let count = |phase| all.iter().filter(|spread| spread.phase == phase).count();
    let (opened, changed, closed) =
        (count(SpreadPhase::Opened), count(SpreadPhase::Changed), count(SpreadPhase::Closed));
    println!("{opened} opened, {changed} changed, {closed} closed");
    assert!(opened > 50 && changed > 50, "{opened} {changed}");
    assert!(opened - closed <= 12, "each of the twelve directions is open at most once");
    assert!(all.iter().filter(|spread| spread.phase == SpreadPhase::Opened).all(|spread| {
        spread.sell_price > spread.buy_price && spread.net().is_some_and(|net| !net.is_negative())
    }));
}
