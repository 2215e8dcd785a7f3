use std::io::Write;

use domain::{CorporateTerms, Dividend, InstrumentId, Price, Split};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::SourceErrorKind;
use crate::files::lean::{AdjustKind, Factors, LeanFile, LeanRow, MapFile, corporate_actions, ratio};

const fn split(numerator: u32, denominator: u32) -> Split {
    Split { numerator, denominator }
}

fn factors(name: &str) -> Option<Factors> {
    let path = recordings::find(&format!("equity_us/factor_files/{name}.csv"))?;
    Some(Factors::load(&path).unwrap())
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

#[test]
fn the_splits_of_apple_are_the_four_it_made() {
    let Some(apple) = factors("aapl") else { return };
    let found: Vec<_> = apple.splits().iter().map(|found| (found.last_day, found.split)).collect();
    let expected = [
        (date(2000, 6, 20), split(2, 1)),
        (date(2005, 2, 25), split(2, 1)),
        (date(2014, 6, 6), split(7, 1)),
        (date(2020, 8, 28), split(4, 1)),
    ];
    assert_eq!(found, expected);
    assert!(apple.splits().iter().all(|found| found.relative_error < 1e-5));
}

#[test]
fn other_splits_are_small_ratios_too() {
    let table: [(&str, &[Split]); 5] = [
        ("ibm", &[split(2, 1)]),
        ("qqq", &[split(2, 1)]),
        ("eem", &[split(3, 1), split(3, 1)]),
        ("googl", &[split(2, 1)]),
        ("nwsa", &[]),
    ];
    for (name, expected) in table {
        let Some(factors) = factors(name) else { return };
        let found: Vec<_> = factors.splits().iter().map(|found| found.split).collect();
        assert_eq!(found, expected, "{name}");
    }
    let Some(google) = factors("goog") else { return };
    let stock_dividend = google.splits()[0];
    let ratio = f64::from(stock_dividend.split.numerator) / f64::from(stock_dividend.split.denominator);
    assert!((ratio - 1.0 / 0.997_307).abs() < 2e-6, "{ratio}");
}

#[test]
fn the_dividends_of_apple_are_the_amounts_it_paid() {
    let Some(apple) = factors("aapl") else { return };
    let dividends = apple.dividends();
    assert_eq!(dividends.len(), 35);
    let paid = |day: Date| dividends.iter().find(|found| found.last_day == day).unwrap().per_share;
    assert_eq!(paid(date(2012, 8, 8)), price("2.65"));
    assert_eq!(paid(date(2013, 5, 8)), price("3.05"));
    assert_eq!(paid(date(2014, 5, 7)), price("3.29"));
    assert_eq!(paid(date(2014, 8, 6)), price("0.47"));
    assert_eq!(paid(date(2020, 8, 6)), price("0.82"));
    assert_eq!(paid(date(2021, 2, 4)), price("0.205"));
    for found in &dividends {
        assert!(found.per_share > Price::ZERO && found.per_share < Price::from_units(4), "{found:?}");
        assert!((found.per_share.raw() - found.implied.raw()).abs() <= found.uncertainty.raw(), "{found:?}");
    }
}

/// The trading days are those of the daily bars, so that events fall on the days when they happened.
#[test]
fn actions_take_effect_before_the_first_trade_of_the_next_trading_day() {
    let (Some(apple), Some(daily)) = (factors("aapl"), recordings::find("equity_us/daily/aapl.zip")) else {
        return;
    };
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let rows = LeanFile::open(&daily).unwrap().rows(InstrumentId(1)).unwrap();
    let days: Vec<Date> = rows
        .map(|row| match row.unwrap() {
            LeanRow::Bar(bar) => {
                let moment = jiff::Timestamp::from_nanosecond(i128::from(bar.open_time.nanos())).unwrap();
                moment.to_zoned(zone.clone()).date()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let actions = corporate_actions(InstrumentId(1), &apple, &days);
    assert_eq!(actions.len(), 35 + 4);
    assert!(actions.is_sorted_by_key(|action| action.time));
    let seven = actions.iter().find(|action| action.terms == CorporateTerms::Split(split(7, 1))).unwrap();
    assert_eq!(seven.time.millis(), 1_402_286_400_000, "Monday 2014-06-09 00:00 in New York");
    let short = corporate_actions(InstrumentId(1), &apple, &[date(2014, 6, 6), date(2014, 6, 9)]);
    assert_eq!(short, [*seven], "actions outside the days are left out");
    assert!(corporate_actions(InstrumentId(1), &apple, &[]).is_empty());
    assert!(corporate_actions(InstrumentId(1), &apple, &[date(2014, 6, 9)]).is_empty());
}

#[test]
fn a_dividend_comes_before_a_split_of_the_same_day() {
    let factors = load("20240102,0.98,0.5,100\n20501231,1,1,0\n").unwrap();
    let actions = corporate_actions(InstrumentId(0), &factors, &[date(2024, 1, 2), date(2024, 1, 3)]);
    let terms: Vec<_> = actions.iter().map(|action| action.terms).collect();
    let dividend = Dividend { per_share: price("2") };
    assert_eq!(terms, [CorporateTerms::Dividend(dividend), CorporateTerms::Split(split(2, 1))]);
}

#[test]
fn adjusted_prices_join_over_a_split() {
    let Some(apple) = factors("aapl") else { return };
    let adjust = |text: &str, day, kind| apple.adjust(price(text), day, kind).unwrap();
    // The close of the last day before 7:1 in terms of shares after 4:1.
    let close = adjust("645.57", date(2014, 6, 6), AdjustKind::Splits);
    assert!((close.to_f64() - 645.57 / 28.0).abs() < 1e-4, "{close}");
    let full = adjust("645.57", date(2014, 6, 6), AdjustKind::SplitsAndDividends);
    assert_eq!(full, price("20.777720262"));
    assert_eq!(adjust("137.39", date(2021, 2, 5), AdjustKind::SplitsAndDividends), price("137.39"));
    assert_eq!(adjust("1", date(2099, 1, 1), AdjustKind::SplitsAndDividends), price("1"));
    assert!(apple.adjust(Price::MAX, date(1998, 1, 2), AdjustKind::SplitsAndDividends).is_ok());
}

fn load(text: &str) -> Result<Factors, crate::SourceError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Factors::load(file.path())
}

#[test]
fn half_a_factor_file_is_none() {
    let good = "20200101,0.9,0.5,10\n";
    let table = [
        ("20200102,0.9,0.5", SourceErrorKind::Malformed, "3 fields where 4"),
        ("2020-01-02,0.9,0.5,1", SourceErrorKind::BadValue, "column `date`"),
        ("20200230,0.9,0.5,1", SourceErrorKind::BadValue, "column `date`"),
        ("20200102,0,0.5,1", SourceErrorKind::BadValue, "column `price factor`"),
        ("20200102,1,-0.5,1", SourceErrorKind::BadValue, "column `split factor`"),
        ("20200102,1,1,NaN", SourceErrorKind::BadValue, "column `reference close`"),
        ("20200101,1,1,1", SourceErrorKind::TimeWentBack, "not after"),
    ];
    for (row, kind, part) in table {
        let error = load(&format!("{good}{row}\n")).unwrap_err();
        assert_eq!((error.kind, error.line), (kind, Some(2)), "{row}");
        assert!(error.what.contains(part), "{error}");
    }
    assert_eq!(load("\n").unwrap_err().kind, SourceErrorKind::Empty);
}

#[test]
fn map_files_say_who_traded_as_what() {
    let Some(path) = recordings::find("equity_us/map_files/qqq.csv") else { return };
    let map = MapFile::load(&path).unwrap();
    assert_eq!(map.ticker_on(date(1999, 3, 9)), None);
    assert_eq!(map.ticker_on(date(1999, 3, 10)), Some("QQQ"));
    assert_eq!(map.ticker_on(date(2004, 11, 30)), Some("QQQ"));
    assert_eq!(map.ticker_on(date(2004, 12, 1)), Some("QQQQ"));
    assert_eq!(map.ticker_on(date(2011, 3, 23)), Some("QQQ"));
    assert_eq!(map.rows()[0].exchange, Some('Q'));
}

#[test]
fn every_factor_and_map_file_is_read() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let files = |name: &str| {
        let entries = std::fs::read_dir(folder.join(name)).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let (factor_files, map_files) = (files("factor_files"), files("map_files"));
    assert_eq!((factor_files.len(), map_files.len()), (8, 7));
    for path in factor_files {
        assert!(Factors::load(&path).unwrap().rows().len() > 1, "{}", path.display());
    }
    for path in map_files {
        assert!(MapFile::load(&path).unwrap().rows().len() > 1, "{}", path.display());
    }
}

proptest! {
    #[test]
    fn a_printed_split_factor_gives_its_ratio_back(
        numerator in 1u32..=50, denominator in 1u32..=50, later in 1u32..=28, decimals in 6u32..=8,
    ) {
        let gcd = (1..=50).rev().find(|n| numerator % n == 0 && denominator % n == 0).unwrap();
        prop_assume!(numerator != denominator);
        let new = 1.0 / f64::from(later);
        let old = new * f64::from(denominator) / f64::from(numerator);
        // Two factors of six digits cannot tell more ratios apart than this.
        prop_assume!(old > 0.02 && old < 2.0);
        let rate = |value: f64| {
            let text = format!("{value:.*}", usize::try_from(decimals).unwrap());
            domain::Rate::parse(text.as_bytes()).unwrap()
        };
        let found = ratio::split_between(rate(old), rate(new)).unwrap();
        prop_assert_eq!(found, split(numerator / gcd, denominator / gcd));
    }
}
