//! A true book evolves, its changes are cut into updates, and a builder must follow.

use std::collections::BTreeMap;

use domain::{DepthSnapshot, DepthUpdate, Level, Side};
use proptest::prelude::*;

use super::{level, snapshot, update};
use crate::book::{Book, BookBuilder, BookChange, SequenceRule};

/// Price to quantity.
type Levels = BTreeMap<i64, i64>;

#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    bids: Levels,
    asks: Levels,
}

/// One change: a quantity that is put at a price, with what it trades away from the other side.
#[derive(Debug, Clone)]
struct Change {
    bid: bool,
    price: i64,
    quantity: i64,
}

impl Model {
    /// Applies the change and returns every level touched.
    fn apply(&mut self, change: &Change) -> Model {
        let mut touched = Model::default();
        if change.quantity > 0 {
            let (other, marks) = if change.bid {
                (&mut self.asks, &mut touched.asks)
            } else {
                (&mut self.bids, &mut touched.bids)
            };
            let taken = |price: i64| if change.bid { price <= change.price } else { price >= change.price };
            marks.extend(other.keys().filter(|&&price| taken(price)).map(|&price| (price, 0)));
            other.retain(|&price, _| !taken(price));
        }
        let (own, marks) = if change.bid {
            (&mut self.bids, &mut touched.bids)
        } else {
            (&mut self.asks, &mut touched.asks)
        };
        own.insert(change.price, change.quantity);
        own.retain(|_, quantity| *quantity > 0);
        marks.insert(change.price, change.quantity);
        touched
    }

    fn of(book: &Book) -> Self {
        let side = |side| {
            book.levels(side)
                .map(|level| {
                    (level.price.raw(), i64::try_from(level.quantity.raw() / 1_000_000_000).unwrap())
                })
                .collect()
        };
        Self { bids: side(Side::Buy), asks: side(Side::Sell) }
    }

    fn snapshot(&self, id: u64) -> DepthSnapshot {
        let bids: Vec<_> = listed(&self.bids).into_iter().rev().collect();
        snapshot(id, &bids, &listed(&self.asks))
    }
}

fn listed(levels: &Levels) -> Vec<Level> {
    levels.iter().map(|(&price, &quantity)| level(price, quantity)).collect()
}

/// A history cut into updates.
#[derive(Debug, Clone)]
struct History {
    updates: Vec<DepthUpdate>,
    /// The true book after each id; the ids of [`SequenceRule::PreviousId`] have holes.
    books: BTreeMap<u64, Model>,
}

fn history(changes: &[Change], sizes: &[usize], rule: SequenceRule) -> History {
    let stride = if rule == SequenceRule::Contiguous { 1 } else { 7 };
    let mut model = Model::default();
    let mut books = BTreeMap::from([(0, model.clone())]);
    let mut updates: Vec<DepthUpdate> = Vec::new();
    let (mut rest, mut first, mut previous) = (changes, stride, 0);
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (batch, later) = rest.split_at(size.min(rest.len()));
        let (mut touched, mut last) = (Model::default(), first);
        for (index, change) in batch.iter().enumerate() {
            last = first + stride * index as u64;
            let marks = model.apply(change);
            touched.bids.extend(marks.bids);
            touched.asks.extend(marks.asks);
            books.insert(last, model.clone());
        }
        let named = (rule == SequenceRule::PreviousId).then_some(previous);
        updates.push(update(first, last, named, &listed(&touched.bids), &listed(&touched.asks)));
        (rest, first, previous) = (later, last + stride, last);
    }
    History { updates, books }
}

fn any_change() -> impl Strategy<Value = Change> {
    (any::<bool>(), 1i64..90, prop_oneof![1 => Just(0i64), 2 => 1i64..50])
        .prop_map(|(bid, price, quantity)| Change { bid, price, quantity })
}

fn any_rule() -> impl Strategy<Value = SequenceRule> {
    prop_oneof![Just(SequenceRule::Contiguous), Just(SequenceRule::PreviousId)]
}

prop_compose! {
    fn any_history()(
        changes in prop::collection::vec(any_change(), 8..120),
        sizes in prop::collection::vec(1usize..5, 1..20),
        rule in any_rule(),
    ) -> (History, SequenceRule) {
        (history(&changes, &sizes, rule), rule)
    }
}

/// The history's book at the id of one of its changes.
fn snapshot_of(history: &History, pick: prop::sample::Index) -> DepthSnapshot {
    let ids: Vec<u64> = history.books.keys().copied().filter(|&id| id > 0).collect();
    let id = *pick.get(&ids);
    history.books[&id].snapshot(id)
}

fn assert_follows(builder: &BookBuilder, history: &History) {
    let book = builder.book().expect("the book is valid");
    assert!(!book.is_crossed());
    assert_eq!(Model::of(book), history.books[&builder.last_update_id().unwrap()]);
}

proptest! {
    #[test]
    fn a_book_is_a_map_of_levels(
        changes in prop::collection::vec((any::<bool>(), prop_oneof![3 => -40i64..40, 1 => any::<i64>()], 0i64..3), 0..300)
    ) {
        let (mut book, mut model) = (Book::new(), Model::default());
        for (bid, price, quantity) in changes {
            book.apply_level(if bid { Side::Buy } else { Side::Sell }, level(price, quantity));
            let side = if bid { &mut model.bids } else { &mut model.asks };
            side.insert(price, quantity);
            side.retain(|_, quantity| *quantity > 0);
            prop_assert_eq!(book.best_bid().map(|top| top.price.raw()), model.bids.keys().next_back().copied());
            prop_assert_eq!(book.best_ask().map(|top| top.price.raw()), model.asks.keys().next().copied());
        }
        prop_assert_eq!(Model::of(&book), model);
        prop_assert!(book.levels(Side::Buy).is_sorted_by(|left, right| left.price > right.price));
        prop_assert!(book.levels(Side::Sell).is_sorted_by(|left, right| left.price < right.price));
    }

    #[test]
    fn the_builder_follows_the_true_book(
        (history, rule) in any_history(),
        pick in any::<prop::sample::Index>(),
        ahead in any::<prop::sample::Index>(),
        repeats in prop::collection::vec(any::<bool>(), 120),
    ) {
        let snapshot = snapshot_of(&history, pick);
        // Updates before the snapshot's id may come first, and so may any number that follow it.
        let contained = history.updates.iter().filter(|update| update.last_update_id < snapshot.last_update_id).count();
        let ahead = contained + ahead.index(history.updates.len() - contained + 1);
        let mut builder = BookBuilder::new(super::INSTRUMENT, rule);
        for update in &history.updates[..ahead] {
            prop_assert_eq!(builder.on_update(update), BookChange::Buffered);
        }
        prop_assert_eq!(builder.on_snapshot(&snapshot), BookChange::Synchronised);
        assert_follows(&builder, &history);
        for (update, &repeat) in history.updates[ahead..].iter().zip(&repeats) {
            let before = builder.book().unwrap().top();
            match builder.on_update(update) {
                BookChange::Updated { top_changed } => {
                    prop_assert_eq!(top_changed, builder.book().unwrap().top() != before);
                }
                change => prop_assert!(matches!(change, BookChange::Ignored(_)), "{:?}", change),
            }
            if repeat {
                let quiet = BookChange::Updated { top_changed: false };
                let again = builder.on_update(update);
                prop_assert!(again == quiet || matches!(again, BookChange::Ignored(_)), "{:?}", again);
            }
            assert_follows(&builder, &history);
        }
        let counts = builder.counts();
        prop_assert_eq!((counts.gaps, counts.crossed, counts.resyncs, counts.buffer_dropped), (0, 0, 0, 0));
    }

    #[test]
    fn any_lost_update_is_a_gap(
        (history, rule) in any_history(),
        pick in any::<prop::sample::Index>(),
        lost in any::<prop::sample::Index>(),
        late in any::<bool>(),
    ) {
        let snapshot = snapshot_of(&history, pick);
        let needed: Vec<&DepthUpdate> =
            history.updates.iter().filter(|update| update.last_update_id > snapshot.last_update_id).collect();
        prop_assume!(needed.len() >= 2);
        let lost = lost.index(needed.len() - 1);
        let mut builder = BookBuilder::new(super::INSTRUMENT, rule);
        let mut changes = Vec::new();
        if !late {
            changes.push(builder.on_snapshot(&snapshot));
        }
        let received = needed.iter().enumerate().filter(|&(index, _)| index != lost);
        changes.extend(received.map(|(_, update)| builder.on_update(update)));
        if late {
            changes.push(builder.on_snapshot(&snapshot));
        }
        let gaps = changes.iter().filter(|change| matches!(change, BookChange::Gap { .. })).count();
        prop_assert_eq!(gaps, 1);
        prop_assert!(builder.book().is_none());
        prop_assert!(builder.needs_snapshot());

        let (&end, truth) = history.books.last_key_value().unwrap();
        prop_assert_eq!(builder.on_snapshot(&truth.snapshot(end)), BookChange::Synchronised);
        assert_follows(&builder, &history);
    }
}
