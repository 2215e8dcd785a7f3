use std::collections::BTreeMap;

use domain::{Bar, Price, Quantity, Timestamp, Trade};
use proptest::prelude::*;

use super::{INSTRUMENT, at, bar, period, trade};
use crate::bars::TimeBars;

/// Ticks in the order of their times, boundaries and repeated moments included.
fn any_ticks() -> impl Strategy<Value = Vec<Trade>> {
    let step = prop_oneof![Just(0i64), 1i64..4, Just(10), 5i64..60];
    prop::collection::vec((step, -50i64..50, 0i64..9), 1..200).prop_map(|steps| {
        let mut time = -100;
        let tick = |(step, price, quantity)| {
            time += step;
            trade(time, price, quantity)
        };
        steps.into_iter().map(tick).collect()
    })
}

/// Bars the slow way: sort into boxes, then look at each box.
fn naive(ticks: &[Trade]) -> Vec<Bar> {
    let mut boxes: BTreeMap<i64, Vec<&Trade>> = BTreeMap::new();
    for tick in ticks {
        boxes.entry(tick.venue_time.nanos().div_euclid(10) * 10).or_default().push(tick);
    }
    let summarise = |(start, ticks): (i64, Vec<&Trade>)| {
        let prices: Vec<i64> = ticks.iter().map(|tick| tick.price.raw()).collect();
        let (high, low) = (*prices.iter().max().unwrap(), *prices.iter().min().unwrap());
        let volume: i128 = ticks.iter().map(|tick| tick.quantity.raw()).sum();
        let ends = [prices[0], high, low, prices[prices.len() - 1]];
        bar(start, ends, i64::try_from(volume).unwrap(), u32::try_from(ticks.len()).unwrap())
    };
    boxes.into_iter().map(summarise).collect()
}

proptest! {
    #[test]
    fn bars_are_the_naive_aggregation(ticks in any_ticks(), flushes in prop::collection::vec(any::<bool>(), 200)) {
        let mut bars = TimeBars::new(INSTRUMENT, period());
        let mut found = Vec::new();
        for (tick, flush) in ticks.iter().zip(flushes) {
            if flush {
                found.extend(bars.flush(tick.venue_time));
            }
            found.extend(bars.on_trade(tick));
        }
        found.extend(bars.flush(Timestamp::MAX));
        prop_assert!(found.iter().all(Bar::is_coherent));
        prop_assert_eq!(found, naive(&ticks));
        prop_assert_eq!((bars.late(), bars.refused()), (0, 0));
    }

    #[test]
    fn in_any_order_bars_rise_and_every_tick_is_accounted_for(
        ticks in prop::collection::vec((0i64..200, -50i64..50), 1..200)
    ) {
        let mut bars = TimeBars::new(INSTRUMENT, period());
        let mut found = Vec::new();
        for &(time, price) in &ticks {
            found.extend(bars.on_price(at(time), Price::from_raw(price), Quantity::from_raw(1)));
        }
        found.extend(bars.flush(Timestamp::MAX));
        prop_assert!(found.is_sorted_by(|left, right| left.open_time < right.open_time));
        let counted: u64 = found.iter().map(|bar| u64::from(bar.trades)).sum();
        prop_assert_eq!(counted + bars.late(), ticks.len() as u64);
        let volume: i128 = found.iter().map(|bar| bar.volume.raw()).sum();
        prop_assert_eq!(volume, i128::from(counted));
    }
}
