use domain::{Amendment, AmendmentTerms, Bar, BarRule, Price, Quantity, Timestamp, Trade};
use proptest::prelude::*;

use super::{INSTRUMENT, at, period, trade};
use crate::bars::{BarSet, RevisionLimits};
use crate::calendar::Calendar;

const LIMITS: RevisionLimits = RevisionLimits { trades: 10_000, bars: 1_000 };

fn set(limits: RevisionLimits, rule: BarRule) -> BarSet {
    BarSet::new(&[Calendar::Always; 2], &[rule], Some(limits))
}

fn feed(set: &mut BarSet, trade: &Trade) -> Vec<Bar> {
    let mut found = Vec::new();
    set.ended_by(trade, &mut |bar| found.push(bar));
    set.filled_by(trade, &mut |bar| found.push(bar));
    found
}

fn numbered(id: u64, time: i64, price: i64, quantity: i64) -> Trade {
    Trade { id, ..trade(time, price, quantity) }
}

fn amend(set: &mut BarSet, trade_id: u64, terms: AmendmentTerms) -> Vec<Bar> {
    let mut found = Vec::new();
    let (venue_time, receive_time) = (at(0), at(0));
    let amendment = Amendment { instrument: INSTRUMENT, trade_id, terms, venue_time, receive_time };
    set.on_amendment(&amendment, &mut |bar| found.push(bar));
    found
}

fn corrected(price: i64, quantity: i64) -> AmendmentTerms {
    AmendmentTerms::Corrected { price: Price::from_raw(price), quantity: Quantity::from_raw(quantity.into()) }
}

/// Trades 1 to 5: one in a bar of its own, three in `[10, 20)`, one after.
fn started(limits: RevisionLimits) -> BarSet {
    let mut set = set(limits, period().into());
    let trades = [(1, 5, 50), (2, 11, 50), (3, 12, 90), (4, 13, 60), (5, 21, 70)];
    for (id, time, price) in trades {
        feed(&mut set, &numbered(id, time, price, 10));
    }
    set
}

fn told(bar: &Bar) -> ([i64; 4], i128, u32, u32) {
    let prices = [bar.open, bar.high, bar.low, bar.close].map(Price::raw);
    (prices, bar.volume.raw(), bar.trades, bar.revision)
}

#[test]
fn a_late_trade_counts_in_high_low_and_volume_and_leaves_open_and_close() {
    let mut set = started(LIMITS);
    let found = feed(&mut set, &numbered(6, 14, 40, 3));
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [([50, 90, 40, 60], 33, 4, 1)]);
    let found = feed(&mut set, &numbered(7, 14, 99, 1));
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), [([50, 99, 40, 60], 34, 5, 2)]);
    assert_eq!(set.current(INSTRUMENT, period().into()).unwrap().trades, 1, "the open bar has nothing of it");
    let counts = set.counts();
    assert_eq!((counts.late, counts.revised, counts.left_out), (2, 2, 0));
}

#[test]
fn the_very_first_bar_is_never_told_anew() {
    let mut set = started(LIMITS);
    assert_eq!(feed(&mut set, &numbered(6, 6, 40, 3)), []);
    assert_eq!(amend(&mut set, 1, AmendmentTerms::Cancelled), []);
    let counts = set.counts();
    assert_eq!((counts.late, counts.revised, counts.left_out), (1, 0, 2));
}

#[test]
fn a_trade_taken_back_or_corrected_makes_its_bar_anew() {
    let mut set = started(LIMITS);
    let bar = amend(&mut set, 3, AmendmentTerms::Cancelled);
    assert_eq!(bar.iter().map(told).collect::<Vec<_>>(), [([50, 60, 50, 60], 20, 2, 1)]);
    let bar = amend(&mut set, 4, corrected(55, 1));
    assert_eq!(bar.iter().map(told).collect::<Vec<_>>(), [([50, 55, 50, 55], 11, 2, 2)]);
    feed(&mut set, &numbered(6, 14, 99, 1));
    let bar = amend(&mut set, 2, AmendmentTerms::Cancelled);
    assert_eq!(bar.iter().map(told).collect::<Vec<_>>(), [([55, 99, 55, 55], 2, 2, 4)]);
    assert_eq!(amend(&mut set, 2, AmendmentTerms::Cancelled), [], "it is gone already");
    assert_eq!(amend(&mut set, 77, AmendmentTerms::Cancelled), []);
    assert_eq!(set.counts().unmatched, 2);
}

#[test]
fn a_bar_without_any_trade_left_keeps_its_prices() {
    let mut set = started(LIMITS);
    let bars = [2, 3, 4].map(|id| amend(&mut set, id, AmendmentTerms::Cancelled));
    assert_eq!(told(&bars[2][0]), ([60, 60, 60, 60], 0, 0, 3));
}

#[test]
fn the_open_bar_is_mended_in_silence() {
    let mut set = started(LIMITS);
    feed(&mut set, &numbered(6, 22, 10, 1));
    assert_eq!(amend(&mut set, 5, corrected(80, 2)), []);
    let open = set.current(INSTRUMENT, period().into()).unwrap();
    assert_eq!(told(open), ([80, 80, 10, 10], 3, 2, 0));
}

#[test]
fn what_is_no_longer_kept_is_left_out_and_counted() {
    let mut few_trades = started(RevisionLimits { trades: 3, bars: 9 });
    assert_eq!(amend(&mut few_trades, 4, AmendmentTerms::Cancelled), [], "trade 2 of the bar is gone");
    assert_eq!(amend(&mut few_trades, 2, AmendmentTerms::Cancelled), []);
    assert_eq!((few_trades.counts().left_out, few_trades.counts().unmatched), (1, 1));
    let mut few_bars = started(RevisionLimits { trades: 9, bars: 1 });
    feed(&mut few_bars, &numbered(6, 35, 10, 1));
    assert_eq!(feed(&mut few_bars, &numbered(7, 14, 40, 3)), []);
    assert_eq!((few_bars.counts().late, few_bars.counts().left_out), (1, 1));
    let mut none = started(RevisionLimits { trades: 0, bars: 0 });
    assert_eq!(feed(&mut none, &numbered(7, 14, 40, 3)), []);
}

#[test]
fn a_bar_that_trades_filled_keeps_its_ends() {
    let mut set = set(LIMITS, BarRule::Ticks(2));
    let trades = [(1, 5, 50), (2, 6, 50), (3, 7, 90), (4, 8, 60), (5, 9, 70)];
    let bars: Vec<Bar> =
        trades.iter().flat_map(|&(id, time, price)| feed(&mut set, &numbered(id, time, price, 10))).collect();
    assert_eq!(bars.len(), 2);
    let bar = amend(&mut set, 3, AmendmentTerms::Cancelled);
    assert_eq!(bar.iter().map(told).collect::<Vec<_>>(), [([60, 60, 60, 60], 10, 1, 1)]);
    assert_eq!((bar[0].open_time, bar[0].close_time), (at(7), at(8)));
    assert_eq!(amend(&mut set, 5, AmendmentTerms::Cancelled), []);
    let next = feed(&mut set, &numbered(6, 10, 30, 10));
    assert_eq!(
        next.iter().map(told).collect::<Vec<_>>(),
        [([30, 30, 30, 30], 10, 1, 0)],
        "what filled it stays counted"
    );
}

proptest! {
    /// Whatever comes late, is corrected or is taken back: the last revision of each bar holds exactly the trades
    /// that stand, and every other trade is counted as left out.
    #[test]
    fn the_last_revisions_hold_what_stands(
        steps in prop::collection::vec((-25i64..9, 1i64..50, 1i64..9), 1..150),
        amended in prop::collection::vec((0usize..150, prop::option::of((1i64..50, 1i64..9))), 0..60),
    ) {
        let mut set = set(LIMITS, period().into());
        let mut found: Vec<Bar> = Vec::new();
        let (mut time, mut trades) = (0, vec![numbered(1, -1_000, 1, 1)]);
        feed(&mut set, &trades[0]);
        for (step, price, quantity) in steps {
            time += step.max(0);
            let id = trades.len() as u64 + 1;
            // Late ones do not set the clock back.
            trades.push(numbered(id, time + step.min(0), price, quantity));
            found.extend(feed(&mut set, trades.last().unwrap()));
        }
        let mut stands = vec![true; trades.len()];
        for (index, terms) in amended {
            let index = 1 + index % trades.len().max(2);
            if index >= trades.len() { continue; }
            let terms = match terms {
                Some((price, quantity)) => corrected(price, quantity),
                None => AmendmentTerms::Cancelled,
            };
            found.extend(amend(&mut set, trades[index].id, terms));
            match terms {
                _ if !stands[index] => {}
                AmendmentTerms::Cancelled => stands[index] = false,
                AmendmentTerms::Corrected { price, quantity } => {
                    (trades[index].price, trades[index].quantity) = (price, quantity);
                }
            }
        }
        set.flush(Timestamp::MAX, &mut |bar| found.push(bar));
        let mut last = std::collections::BTreeMap::new();
        for bar in found.iter().filter(|bar| bar.open_time >= at(-500)) {
            let known: Option<Bar> = last.insert(bar.open_time, *bar);
            prop_assert!(known.is_none_or(|known| known.revision < bar.revision));
            prop_assert!(bar.trades == 0 || bar.is_coherent());
        }
        let of = |bar: &Bar| -> Vec<&Trade> {
            let inside = |trade: &&Trade| bar.open_time <= trade.venue_time && trade.venue_time < bar.close_time;
            trades.iter().zip(&stands).filter(|(_, stands)| **stands).map(|(trade, _)| trade).filter(inside).collect()
        };
        for bar in last.values() {
            let trades = of(bar);
            prop_assert_eq!(bar.trades as usize, trades.len());
            prop_assert_eq!(bar.volume.raw(), trades.iter().map(|trade| trade.quantity.raw()).sum::<i128>());
            if let (Some(high), Some(low)) = (trades.iter().map(|trade| trade.price).max(), trades.iter().map(|trade| trade.price).min()) {
                prop_assert_eq!((bar.high, bar.low), (high, low));
            }
        }
    }
}
