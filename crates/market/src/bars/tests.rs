mod filled;
mod laws;
mod quotes;
mod resample;
mod revised;
mod sessions;
mod set;

use domain::{Bar, BarPeriod, InstrumentId, Price, Quantity, Span, Timestamp, Trade};

use super::TimeBars;

const INSTRUMENT: InstrumentId = InstrumentId(1);

/// Ten nanoseconds, so that boundaries are met often.
fn period() -> BarPeriod {
    BarPeriod::new(Span::from_nanos(10)).unwrap()
}

fn at(nanos: i64) -> Timestamp {
    Timestamp::from_nanos(nanos)
}

fn trade(time: i64, price: i64, quantity: i64) -> Trade {
    Trade {
        instrument: INSTRUMENT,
        id: 0,
        price: Price::from_raw(price),
        quantity: Quantity::from_raw(quantity.into()),
        aggressor: None,
        venue_time: at(time),
        receive_time: at(time + 1_000),
    }
}

/// A bar of [`period`] with open, high, low and close as given.
fn bar(open_time: i64, prices: [i64; 4], volume: i64, trades: u32) -> Bar {
    let [open, high, low, close] = prices.map(Price::from_raw);
    let volume = Quantity::from_raw(volume.into());
    Bar { trades, high, low, close, volume, ..Bar::of_period(INSTRUMENT, period(), at(open_time), open) }
}

#[test]
fn a_boundary_tick_belongs_to_the_later_bar() {
    let mut bars = TimeBars::new(INSTRUMENT, period());
    assert_eq!(bars.on_trade(&trade(10, 5, 1)), None);
    assert_eq!(bars.on_trade(&trade(19, 9, 2)), None);
    assert_eq!(bars.current(), Some(&bar(10, [5, 9, 5, 9], 3, 2)));
    assert_eq!(bars.on_trade(&trade(20, 7, 4)), Some(bar(10, [5, 9, 5, 9], 3, 2)));
    assert_eq!(bars.current(), Some(&bar(20, [7, 7, 7, 7], 4, 1)));
}

#[test]
fn a_stretch_without_ticks_has_no_bars() {
    let mut bars = TimeBars::new(INSTRUMENT, period());
    bars.on_trade(&trade(-5, 5, 1));
    assert_eq!(bars.on_trade(&trade(95, 6, 1)), Some(bar(-10, [5, 5, 5, 5], 1, 1)));
    assert_eq!(bars.current().unwrap().open_time, at(90));
}

#[test]
fn flush_closes_a_bar_at_its_end_and_once() {
    let mut bars = TimeBars::new(INSTRUMENT, period());
    assert_eq!(bars.flush(at(1_000)), None);
    bars.on_trade(&trade(12, 5, 1));
    assert_eq!(bars.flush(at(19)), None);
    assert_eq!(bars.flush(at(20)), Some(bar(10, [5, 5, 5, 5], 1, 1)));
    assert_eq!((bars.flush(at(1_000)), bars.current()), (None, None));
    assert_eq!(bars.on_trade(&trade(19, 6, 1)), None);
    assert_eq!((bars.late(), bars.current()), (1, None), "the bar was told: nothing may change it");
    assert_eq!(bars.on_trade(&trade(20, 6, 1)), None);
    assert!(bars.current().is_some());
}

#[test]
fn a_late_tick_changes_nothing_and_is_counted() {
    let mut bars = TimeBars::new(INSTRUMENT, period());
    bars.on_trade(&trade(25, 5, 1));
    assert_eq!(bars.on_trade(&trade(19, 99, 9)), None);
    assert_eq!(bars.on_trade(&trade(21, 6, 1)), None, "back in time within the bar is no matter");
    assert_eq!(bars.current(), Some(&bar(20, [5, 6, 5, 6], 2, 2)));
    assert_eq!((bars.late(), bars.refused()), (1, 0));
}

#[test]
fn what_is_out_of_range_is_refused() {
    let mut bars = TimeBars::new(INSTRUMENT, period());
    bars.on_price(Timestamp::MIN, Price::ZERO, Quantity::ZERO);
    bars.on_price(Timestamp::MAX, Price::ZERO, Quantity::ZERO);
    bars.on_trade(&trade(25, 5, -1));
    assert_eq!((bars.refused(), bars.current()), (3, None));
    let most = Quantity::from_raw(i128::MAX);
    bars.on_price(at(25), Price::from_raw(5), most);
    bars.on_trade(&trade(26, 9, 1));
    bars.on_trade(&trade(26, 9, -1));
    assert_eq!(bars.refused(), 5);
    assert_eq!((bars.current().unwrap().volume, bars.current().unwrap().high), (most, Price::from_raw(5)));
}
