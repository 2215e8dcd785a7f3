//! Bars built from recorded ticks and bars are the vendor's bars, field for field.

use std::path::Path;

use domain::{BarPeriod, InstrumentId, Price, Timestamp};
use market::{Ohlc, QuoteBar, QuoteBars};
use venues::files::lean::{LeanFile, LeanRow, QuoteSide};

/// Open time in ns, then bid and ask as open, high, low, close.
type Row = (i64, [Price; 4], [Price; 4]);

fn rows(path: &Path) -> Vec<LeanRow> {
    let file = LeanFile::open(path).unwrap();
    file.rows(InstrumentId(0)).unwrap().map(Result::unwrap).collect()
}

fn vendor(path: &Path) -> Vec<Row> {
    let prices = |side: Option<QuoteSide>| {
        let side = side.expect("both sides are quoted");
        [side.open, side.high, side.low, side.close]
    };
    rows(path)
        .into_iter()
        .map(|row| match row {
            LeanRow::QuoteBar(bar) => (bar.open_time.nanos(), prices(bar.bid), prices(bar.ask)),
            other => panic!("no quote bar: {other:?}"),
        })
        .collect()
}

/// The vendor's quote bars as ours, to join into longer ones.
fn shorter(path: &Path, period: BarPeriod) -> Vec<QuoteBar> {
    let ohlc = |[open, high, low, close]: [Price; 4]| Ohlc { open, high, low, close };
    let bar = |(open_time, bid, ask)| QuoteBar {
        instrument: InstrumentId(0),
        period,
        open_time: Timestamp::from_nanos(open_time),
        bid: ohlc(bid),
        ask: ohlc(ask),
        quotes: 1,
    };
    vendor(path).into_iter().map(bar).collect()
}

fn joined(shorter: &[QuoteBar], period: BarPeriod) -> Vec<Row> {
    let mut bars = QuoteBars::new(InstrumentId(0), period);
    let mut finished: Vec<QuoteBar> = shorter.iter().filter_map(|bar| bars.on_bar(bar)).collect();
    finished.extend(bars.flush(Timestamp::MAX));
    assert_eq!((bars.late(), bars.refused()), (0, 0));
    finished.iter().map(row).collect()
}

fn built(path: &Path, period: BarPeriod) -> Vec<Row> {
    let mut bars = QuoteBars::new(InstrumentId(0), period);
    let mut finished = Vec::new();
    for row in rows(path) {
        let LeanRow::Quote(tick) = row else { panic!("no quote: {row:?}") };
        finished.extend(bars.on_quote(&tick.quote));
    }
    finished.extend(bars.flush(Timestamp::MAX));
    assert_eq!((bars.late(), bars.refused()), (0, 0));
    finished.iter().map(row).collect()
}

fn row(bar: &QuoteBar) -> Row {
    let prices = |side: &Ohlc| [side.open, side.high, side.low, side.close];
    (bar.open_time.nanos(), prices(&bar.bid), prices(&bar.ask))
}

fn assert_same(ours: &[Row], theirs: &[Row], what: &str) -> usize {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours, theirs, "{what}");
    }
    ours.len()
}

#[test]
fn bars_from_ticks_and_seconds_equal_the_vendors_on_both_venues_and_all_days() {
    let Some(folder) = recordings::find("fx") else { return };
    let (mut seconds, mut minutes) = (0, 0);
    for venue in ["fxcm", "oanda"] {
        for day in ["20140501", "20140502", "20140504", "20140505", "20140506"] {
            let file = |resolution: &str| folder.join(format!("{venue}/{resolution}/eurusd/{day}_quote.zip"));
            let what = format!("{venue} {day}");
            let (second, minute) = (vendor(&file("second")), vendor(&file("minute")));
            seconds += assert_same(&built(&file("tick"), BarPeriod::SECOND), &second, &what);
            minutes += assert_same(&built(&file("tick"), BarPeriod::MINUTE), &minute, &what);
            let short = shorter(&file("second"), BarPeriod::SECOND);
            assert_same(&joined(&short, BarPeriod::MINUTE), &minute, &what);
        }
    }
    assert!(seconds > 100_000 && minutes > 5_000, "{seconds} and {minutes} bars compared");
}

#[test]
fn days_from_hours_equal_the_vendors() {
    let Some(folder) = recordings::find("fx/oanda") else { return };
    let hours = shorter(&folder.join("hour/eurusd.zip"), BarPeriod::HOUR);
    let days = vendor(&folder.join("daily/eurusd.zip"));
    assert_eq!(assert_same(&joined(&hours, BarPeriod::DAY), &days, "days"), 3_738);
}
