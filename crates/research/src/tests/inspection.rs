//! What an inspection finds in recorded histories, good and bad.

use std::path::Path;

use domain::{
    Bar, BarPeriod, Contract, Currency, FeedMessage, Instrument, InstrumentId, InstrumentKind, Instruments,
    Price, Quantity, Rate, Venue,
};
use market::calendar::Day;
use market::inspection::{FindingKind, Inspection, JumpKind, Series};
use venues::files::lean::{LeanFile, LeanRow};

fn listed() -> Instruments {
    let mut listed = Instruments::default();
    let instrument = Instrument {
        id: InstrumentId(0),
        symbol: "SHARE".to_owned(),
        venue: Venue::new("US").unwrap(),
        kind: InstrumentKind::Equity,
        contract: Contract::UNIT,
        base: Currency::new("SHARE").unwrap(),
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_units(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    };
    listed.list(instrument).unwrap();
    listed
}

fn inspected(messages: impl Iterator<Item = FeedMessage<'static>>) -> Series {
    let mut inspection = Inspection::new(&listed());
    messages.for_each(|message| inspection.on_message(&message));
    inspection.series().next().unwrap().clone()
}

fn archive(path: &Path) -> Vec<FeedMessage<'static>> {
    let rows = LeanFile::open(path).unwrap().rows(InstrumentId(0)).unwrap();
    rows.map(|row: Result<LeanRow, _>| row.unwrap().message()).collect()
}

fn found(series: &Series) -> Vec<(FindingKind, u64, u64)> {
    let kinds = FindingKind::ALL.into_iter();
    let counts = kinds.map(|kind| (kind, series.findings.places(kind), series.findings.count(kind)));
    counts.filter(|(_, places, _)| *places > 0).collect()
}

/// The splits of Apple from 1998 to 2021 are not in its prices as they were printed.
#[test]
fn the_splits_of_apple_are_found_and_no_day_is_missing() {
    let Some(path) = recordings::find("equity_us/daily/aapl.zip") else { return };
    let series = inspected(archive(&path).into_iter());
    let splits: Vec<_> = series
        .findings
        .shown(FindingKind::SplitLike)
        .into_iter()
        .filter_map(|finding| match finding.jump?.kind {
            JumpKind::Split { new, old } => Some((Day::of(finding.until).to_string(), new, old)),
            _ => None,
        })
        .collect();
    let expected = [("2000-06-21", 2, 1), ("2005-02-28", 2, 1), ("2014-06-09", 7, 1), ("2020-08-31", 4, 1)];
    println!("{splits:?} {:?}", found(&series));
    for (day, new, old) in expected {
        assert!(splits.contains(&(day.to_owned(), new, old)), "{day}: {splits:?}");
    }
    assert_eq!(series.findings.places(FindingKind::MissingSessions), 0);
    assert_eq!(series.findings.places(FindingKind::Duplicate), 0);
}

#[test]
fn the_years_in_which_a_fund_traded_under_another_symbol_are_missing() {
    let Some(path) = recordings::find("equity_us/daily/qqq.zip") else { return };
    let series = inspected(archive(&path).into_iter());
    let hole =
        series.findings.shown(FindingKind::MissingSessions).into_iter().max_by_key(|gap| gap.count).unwrap();
    println!("{:?}", found(&series));
    assert!((1_500..1_650).contains(&hole.count), "{hole:?}");
    assert_eq!(Day::of(hole.from).date().0, 2004);
    assert_eq!(Day::of(hole.until).date().0, 2011);
}

/// Rows as Yahoo serves them, in the order of time.
fn yahoo(name: &str, period: BarPeriod) -> Option<Vec<FeedMessage<'static>>> {
    let path = recordings::find(&format!("data_quality/{name}.csv"))?;
    let mut rows: Vec<FeedMessage<'static>> = csv::Reader::from_path(path)
        .unwrap()
        .records()
        .filter_map(|record| {
            let record = record.unwrap();
            let number = |column: usize| record[column].parse::<f64>().ok().and_then(Price::from_f64);
            let mut date = record[0][..10].split('-').map(|part| part.parse::<i32>().unwrap());
            let day = Day::from_date(date.next()?, date.next()?, date.next()?);
            let bar = Bar {
                high: number(2)?,
                low: number(3)?,
                close: number(4)?,
                ..Bar::of_period(InstrumentId(0), period, day.start()?, number(1)?)
            };
            Some(FeedMessage::Bar(bar))
        })
        .collect();
    rows.sort_by_key(FeedMessage::receive_time);
    Some(rows)
}

fn prices_found(name: &str, period: BarPeriod) -> Option<(u64, u64, u64)> {
    let series = inspected(yahoo(name, period)?.into_iter());
    let places = |kind| series.findings.places(kind);
    Some((places(FindingKind::SplitLike), places(FindingKind::Hundredfold), places(FindingKind::Jump)))
}

/// A wrong split factor and prices in pence are found in the files as they were served, and gone in their repaired
/// twins. What is wrong with dividends is not in traded prices, and is not found.
#[test]
fn bad_prices_are_found_and_gone_in_the_repaired_twin() {
    let week = BarPeriod::new(domain::Span::from_seconds(7 * 86_400)).unwrap();
    let files = [
        ("4063-T-1d-bad-stock-split", BarPeriod::DAY),
        ("AET-L-1d-100x-error", BarPeriod::DAY),
        ("AV-L-1wk-bad-stock-split", week),
    ];
    for (name, period) in files {
        let Some(bad) = prices_found(name, period) else { return };
        let fixed = prices_found(&format!("{name}-fixed"), period).unwrap();
        println!("{name}: {bad:?}, repaired {fixed:?}");
        assert!(bad.0 + bad.1 + bad.2 > 0, "{name}");
        // The repaired weeks of AV keep the day on which its shareholders were paid out.
        let left = if name.starts_with("AV-L") { 1 } else { 0 };
        assert_eq!(fixed.0 + fixed.1 + fixed.2, left, "{name}");
    }
    for name in ["8TRA-DE-1d-missing-div-adjust", "KAP-IL-1d-bad-div"] {
        let Some(bad) = prices_found(name, BarPeriod::DAY) else { return };
        assert_eq!((bad.0, bad.1), (0, 0), "{name}");
    }
}
