use domain::{
    Bar, BarPeriod, Contract, CorporateAction, CorporateTerms, Currency, FeedMessage, Instrument,
    InstrumentId, InstrumentKind, Instruments, Price, Quantity, Rate, Span, Split, Timestamp, Trade, Venue,
};

use super::{Finding, FindingKind, Findings, Inspection, JumpKind, SHOWN_MAX, Series};
use crate::calendar::{Calendar, Day};

const SHARE: InstrumentId = InstrumentId(0);

fn listed(kind: InstrumentKind) -> Instruments {
    let mut listed = Instruments::default();
    let instrument = Instrument {
        id: SHARE,
        symbol: "X".to_owned(),
        venue: Venue::new("V").unwrap(),
        kind,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    };
    listed.list(instrument).unwrap();
    listed
}

fn inspect(kind: InstrumentKind, messages: &[FeedMessage<'static>]) -> Series {
    let mut inspection = Inspection::new(&listed(kind));
    messages.iter().for_each(|message| inspection.on_message(message));
    let series: Vec<Series> = inspection.series().cloned().collect();
    let [series] = &series[..] else { panic!("{series:?}") };
    series.clone()
}

/// The daily bar of a session of New York, named by its midnight there.
fn daily(day: Day, price: i32) -> FeedMessage<'static> {
    let session = Calendar::NewYork.session_of(day).unwrap();
    let midnight = session.open.plus(Span::from_seconds(-34_200));
    FeedMessage::Bar(Bar::of_period(SHARE, BarPeriod::DAY, midnight, Price::from_units(price)))
}

/// Daily bars of the first half of 2014 at 100, or what `price` says of the number of the day.
fn year(price: impl Fn(usize) -> i32) -> Vec<FeedMessage<'static>> {
    let sessions = Calendar::NewYork.sessions(Day::from_date(2014, 1, 1), Day::from_date(2014, 6, 30));
    sessions.enumerate().map(|(number, session)| daily(session.day, price(number))).collect()
}

fn wavering(number: usize) -> i32 {
    if number.is_multiple_of(2) { 100 } else { 101 }
}

fn count(series: &Series, kind: FindingKind) -> (u64, u64) {
    (series.findings.places(kind), series.findings.count(kind))
}

#[test]
fn a_whole_history_has_no_findings() {
    let series = inspect(InstrumentKind::Equity, &year(wavering));
    assert!(series.findings.is_empty(), "{:?}", series.findings);
    assert_eq!((series.rows, series.calendar), (124, Calendar::NewYork));
}

#[test]
fn sessions_without_a_bar_are_missing_and_holidays_are_not() {
    let mut bars = year(wavering);
    bars.drain(40..45);
    bars.remove(10);
    let series = inspect(InstrumentKind::Equity, &bars);
    assert_eq!(count(&series, FindingKind::MissingSessions), (2, 6));
    assert_eq!(series.findings.shown(FindingKind::MissingSessions)[1].count, 5);
}

#[test]
fn minutes_are_missing_within_sessions_only() {
    let session = Calendar::NewYork.session_of(Day::from_date(2015, 12, 24)).unwrap();
    let next = Calendar::NewYork.session_from(session.close).unwrap();
    let minute = |open: Timestamp, number: i64| {
        let time = open.plus(Span::from_seconds(60 * number));
        FeedMessage::Bar(Bar::of_period(SHARE, BarPeriod::MINUTE, time, Price::from_units(100)))
    };
    let mut bars: Vec<_> = (0..210).map(|number| minute(session.open, number)).collect();
    bars.push(minute(next.open, 0));
    let series = inspect(InstrumentKind::Equity, &bars);
    assert!(series.findings.is_empty(), "the half day ends at 13:00: {:?}", series.findings);
    bars.drain(100..120);
    bars.remove(150);
    let series = inspect(InstrumentKind::Equity, &bars);
    assert_eq!(count(&series, FindingKind::MissingBars), (2, 21));
    let crypto = inspect(InstrumentKind::Spot, &bars);
    assert!(count(&crypto, FindingKind::MissingBars).1 > 5_000, "what never closes misses the holidays");
}

#[test]
fn what_looks_like_a_split_is_told_apart_from_a_jump_and_another_unit() {
    let at =
        |from: usize, price: i32| year(move |number| if number < from { wavering(number) } else { price });
    let series = inspect(InstrumentKind::Equity, &at(60, 14));
    assert_eq!(count(&series, FindingKind::SplitLike), (1, 1));
    let jump = series.findings.shown(FindingKind::SplitLike)[0].jump.unwrap();
    assert_eq!(jump.kind, JumpKind::Split { new: 7, old: 1 });
    assert_eq!((jump.before, jump.after), (Price::from_units(101), Price::from_units(14)));
    let reverse = inspect(InstrumentKind::Equity, &at(60, 2_000));
    assert_eq!(
        reverse.findings.shown(FindingKind::SplitLike)[0].jump.unwrap().kind,
        JumpKind::Split { new: 1, old: 20 }
    );
    let unit =
        inspect(InstrumentKind::Equity, &year(|number| if number == 60 { 10_000 } else { wavering(number) }));
    assert_eq!(count(&unit, FindingKind::Hundredfold), (2, 2), "there and back");
    let news = inspect(InstrumentKind::Equity, &at(60, 63));
    assert_eq!((count(&news, FindingKind::Jump), count(&news, FindingKind::SplitLike)), ((1, 1), (0, 0)));
}

#[test]
fn a_split_that_is_told_is_no_finding() {
    let mut messages = year(|number| if number < 60 { 98 } else { 14 });
    let time = messages[60].receive_time();
    let terms = CorporateTerms::Split(Split { numerator: 7, denominator: 1 });
    messages.insert(60, FeedMessage::Corporate(CorporateAction { instrument: SHARE, time, terms }));
    let series = inspect(InstrumentKind::Equity, &messages);
    assert!(series.findings.is_empty(), "{:?}", series.findings);
}

#[test]
fn rows_again_back_in_time_and_without_sense_are_counted() {
    let mut bars = year(wavering);
    let again = bars[20];
    bars.insert(21, again);
    bars.insert(40, again);
    let FeedMessage::Bar(bar) = bars[50] else { panic!() };
    bars[50] = FeedMessage::Bar(Bar { high: Price::from_units(1), ..bar });
    let series = inspect(InstrumentKind::Equity, &bars);
    assert_eq!(count(&series, FindingKind::Duplicate), (1, 1));
    assert_eq!(count(&series, FindingKind::OutOfOrder), (1, 1));
    assert_eq!(count(&series, FindingKind::Incoherent), (1, 1));
}

#[test]
fn silences_and_repeated_numbers_of_ticks_are_found() {
    let trade = |id: u64, millis: i64| {
        let time = Timestamp::from_millis(1_700_000_000_000 + millis);
        let (price, quantity) = (Price::from_units(100), Quantity::from_units(1));
        FeedMessage::Trade(Trade {
            instrument: SHARE,
            id,
            price,
            quantity,
            aggressor: None,
            venue_time: time,
            receive_time: time,
        })
    };
    let mut trades: Vec<_> = (1..=500).map(|id| trade(id, i64::try_from(id).unwrap() * 100)).collect();
    trades.push(trade(490, 50_100));
    trades.push(trade(501, 400_000));
    let series = inspect(InstrumentKind::Spot, &trades);
    assert_eq!((series.rule, series.rows), (None, 502));
    assert_eq!(count(&series, FindingKind::Duplicate), (1, 1));
    assert_eq!(count(&series, FindingKind::Silence), (1, 1));
    let silence = series.findings.shown(FindingKind::Silence)[0];
    assert_eq!(silence.until.since(silence.from), Span::from_millis(350_000));
}

#[test]
fn the_greatest_findings_are_shown_in_the_order_of_time() {
    let mut findings = Findings::default();
    for count in 1..=20 {
        let time = Timestamp::from_seconds(i64::try_from(20 - count).unwrap());
        findings.add(Finding { count, ..Finding::at(FindingKind::MissingBars, time) });
    }
    let shown = findings.shown(FindingKind::MissingBars);
    assert_eq!(shown.len(), SHOWN_MAX);
    assert_eq!(
        shown.iter().map(|finding| finding.count).collect::<Vec<_>>(),
        [20, 19, 18, 17, 16, 15, 14, 13]
    );
    assert_eq!(
        (findings.places(FindingKind::MissingBars), findings.count(FindingKind::MissingBars)),
        (20, 210)
    );
}
