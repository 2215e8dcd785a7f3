use domain::{Bar, BarRule, Money, Price, Quantity, Trade};
use proptest::prelude::*;

use super::{INSTRUMENT, at, trade};
use crate::bars::{FilledBars, Ticked};

fn bars(rule: BarRule) -> FilledBars {
    FilledBars::new(INSTRUMENT, rule).unwrap()
}

fn volume(raw: i128) -> BarRule {
    BarRule::Volume(Quantity::from_raw(raw))
}

/// Price × quantity of raw units is that many 10⁻¹⁸ of money.
fn notional(raw: i128) -> BarRule {
    BarRule::Notional(Money::from_raw(raw))
}

#[test]
fn a_bar_ends_with_the_trade_that_fills_it() {
    let mut bars = bars(volume(10));
    assert_eq!(bars.on_trade(&trade(1, 5, 4)), None);
    assert_eq!(bars.on_trade(&trade(2, 9, 5)), None);
    let full = bars.on_trade(&trade(7, 2, 8)).unwrap();
    assert_eq!((full.open_time, full.close_time, full.trades), (at(1), at(7), 3));
    assert_eq!([full.open, full.high, full.low, full.close].map(Price::raw), [5, 9, 2, 2]);
    assert_eq!(full.volume.raw(), 17, "a trade is never cut in two");
    assert_eq!(bars.current(), None);
    let alone = bars.on_trade(&trade(7, 3, 10)).unwrap();
    assert_eq!((alone.open_time, alone.close_time, alone.volume.raw(), alone.number), (at(7), at(7), 10, 0));
}

#[test]
fn bars_of_one_moment_are_numbered_and_times_never_go_back() {
    let mut bars = bars(BarRule::Ticks(1));
    let numbers = [5, 5, 5, 3, 6].map(|time| {
        let bar = bars.on_trade(&trade(time, 1, 1)).unwrap();
        (bar.open_time.nanos(), bar.number)
    });
    assert_eq!(numbers, [(5, 0), (5, 1), (5, 2), (5, 3), (6, 0)]);
}

#[test]
fn what_is_out_of_range_is_refused_and_changes_nothing() {
    for rule in [BarRule::Ticks(3), volume(i128::MAX), notional(i128::MAX), BarRule::Imbalance(100)] {
        let mut bars = bars(rule);
        assert_eq!(bars.take(at(1), Price::from_raw(2), Quantity::from_raw(-1)), Ticked::Refused);
        assert_eq!(bars.take(at(1), Price::from_raw(2), Quantity::from_raw(7)), Ticked::Opened(None));
        let before = *bars.current().unwrap();
        let most = Quantity::from_raw(i128::MAX);
        assert_eq!(bars.take(at(1), Price::from_raw(2), most), Ticked::Refused, "{rule}");
        assert_eq!((bars.current(), bars.refused()), (Some(&before), 2));
    }
}

#[test]
fn rules_of_no_size_and_of_the_clock_build_nothing() {
    for rule in [BarRule::Ticks(0), volume(0), notional(-1), BarRule::Imbalance(0), BarRule::Session] {
        assert!(FilledBars::new(INSTRUMENT, rule).is_none(), "{rule}");
    }
}

/// Bars the slow way: cut the run of trades after each that brings what is counted to the size.
fn naive(trades: &[Trade], wanted: i128, count: impl Fn(&Trade) -> i128) -> Vec<Vec<Trade>> {
    let (mut bars, mut open) = (Vec::new(), Vec::new());
    for trade in trades {
        open.push(*trade);
        if open.iter().map(&count).sum::<i128>() >= wanted {
            bars.push(std::mem::take(&mut open));
        }
    }
    bars.push(open);
    bars
}

fn assert_is(bar: &Bar, trades: &[Trade]) {
    let prices: Vec<Price> = trades.iter().map(|trade| trade.price).collect();
    let volume: i128 = trades.iter().map(|trade| trade.quantity.raw()).sum();
    assert_eq!((bar.open, bar.close), (prices[0], prices[prices.len() - 1]));
    assert_eq!((bar.high, bar.low), (*prices.iter().max().unwrap(), *prices.iter().min().unwrap()));
    assert_eq!((bar.volume.raw(), bar.trades as usize), (volume, trades.len()));
    assert_eq!((bar.open_time, bar.close_time), (trades[0].venue_time, trades[trades.len() - 1].venue_time));
    assert!(bar.is_coherent());
}

proptest! {
    #[test]
    fn bars_are_the_naive_cut(steps in prop::collection::vec((0i64..3, 1i64..50, 0i64..9), 1..300), size in 1i32..40) {
        let mut time = 0;
        let trades: Vec<Trade> = steps
            .into_iter()
            .map(|(step, price, quantity)| {
                time += step;
                trade(time, price, quantity)
            })
            .collect();
        let wanted = i128::from(size);
        let value = |trade: &Trade| i128::from(trade.price.raw()) * trade.quantity.raw();
        let cuts = [
            (BarRule::Ticks(size.unsigned_abs()), naive(&trades, wanted, |_| 1)),
            (volume(wanted), naive(&trades, wanted, |trade| trade.quantity.raw())),
            (notional(wanted * 20), naive(&trades, wanted * 20, value)),
        ];
        for (rule, expected) in cuts {
            let mut bars = bars(rule);
            let mut found: Vec<Bar> = trades.iter().filter_map(|trade| bars.on_trade(trade)).collect();
            prop_assert!(found.iter().is_sorted_by_key(|bar| (bar.open_time, bar.number)));
            found.extend(bars.current());
            prop_assert_eq!(found.len(), expected.iter().filter(|trades| !trades.is_empty()).count());
            found.iter().zip(&expected).for_each(|(bar, trades)| assert_is(bar, trades));
        }
    }

    /// Nothing is lost or counted twice, whatever the order of times, and bars of a balanced market are of about the
    /// length asked for.
    #[test]
    fn imbalance_bars_hold_every_trade_once(steps in prop::collection::vec((-5i64..5, -3i64..=3), 1..2_000)) {
        let mut bars = bars(BarRule::Imbalance(20));
        let (mut price, mut found) = (1_000, Vec::new());
        for (time, step) in &steps {
            price += step;
            found.extend(bars.on_trade(&trade(*time, price, 2)));
        }
        found.extend(bars.current());
        let trades: u32 = found.iter().map(|bar| bar.trades).sum();
        prop_assert_eq!(trades as usize, steps.len());
        prop_assert_eq!(found.iter().map(|bar| bar.volume.raw()).sum::<i128>(), 2 * steps.len() as i128);
        prop_assert!(found.iter().all(Bar::is_coherent));
        prop_assert!(found.is_sorted_by(|left, right| left.close_time <= right.open_time));
    }
}

/// A fair coin reaches √n from zero in n throws on average; buyers alone reach it in √n.
#[test]
fn imbalance_makes_bars_shorter_than_balance() {
    let lengths = |up_of_ten: u64| {
        let (mut bars, mut price, mut seed) = (bars(BarRule::Imbalance(100)), 1_000_000, 3u64);
        let mut found = Vec::new();
        for time in 0..50_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            price += if (seed >> 33) % 10 < up_of_ten { 1 } else { -1 };
            found.extend(bars.on_trade(&trade(time, price, 1)));
        }
        let last = &found[found.len() / 2..];
        f64::from(last.iter().map(|bar| bar.trades).sum::<u32>())
            / f64::from(u32::try_from(last.len()).unwrap())
    };
    let balanced = lengths(5);
    assert!((50.0..=250.0).contains(&balanced), "{balanced}");
    // Buyers who come once make the bar end early; buyers who stay become what is expected.
    let mut bars = bars(BarRule::Imbalance(100));
    let first = (0..1_000).find_map(|time| bars.on_trade(&trade(time, 1_000 + time, 1))).unwrap();
    assert_eq!(first.trades, 10, "the root of 100");
}
