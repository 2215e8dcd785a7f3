//! Minute bars built from recorded ticks are the vendor's minute bars, field for field.

use std::path::Path;

use domain::{BarPeriod, InstrumentId, Price};
use market::QuoteBars;
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

fn built(path: &Path) -> Vec<Row> {
    let mut bars = QuoteBars::new(InstrumentId(0), BarPeriod::MINUTE);
    let mut finished = Vec::new();
    let mut last = None;
    for row in rows(path) {
        let LeanRow::Quote(tick) = row else { panic!("no quote: {row:?}") };
        finished.extend(bars.on_quote(&tick.quote));
        last = Some(tick.quote.venue_time);
    }
    finished.extend(last.and_then(|last| bars.flush(last.plus(domain::Span::MINUTE))));
    assert_eq!((bars.late(), bars.refused()), (0, 0));
    finished
        .iter()
        .map(|bar| {
            let prices = |side: &market::Ohlc| [side.open, side.high, side.low, side.close];
            (bar.open_time.nanos(), prices(&bar.bid), prices(&bar.ask))
        })
        .collect()
}

#[test]
fn minute_bars_from_ticks_equal_the_vendors_on_both_venues_and_all_days() {
    let Some(folder) = recordings::find("fx") else { return };
    let mut compared = 0;
    for venue in ["fxcm", "oanda"] {
        for day in ["20140501", "20140502", "20140504", "20140505", "20140506"] {
            let file = |resolution: &str| folder.join(format!("{venue}/{resolution}/eurusd/{day}_quote.zip"));
            let (ours, theirs) = (built(&file("tick")), vendor(&file("minute")));
            assert_eq!(ours.len(), theirs.len(), "{venue} {day}");
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, "{venue} {day}");
            }
            compared += ours.len();
        }
    }
    assert!(compared > 5_000, "{compared} bars compared");
}
