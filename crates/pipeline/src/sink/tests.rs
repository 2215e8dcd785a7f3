mod contract;
mod patience;
mod poison;
pub(crate) mod script;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{
    CorporateAction, CorporateTerms, InstrumentId, MarketEvent, Span, Split, StreamPosition, Timestamp,
};
use proptest::prelude::*;

use super::{Backoff, Delivery, DrainReport, Sink, SinkConfig, SinkItem, SinkLanes, StartError, StopSignal};
use crate::account::{Account, Tally};
use crate::batch::BatchLimits;
use crate::dead_letter::MemoryDeadLetters;
use crate::ledger::Ledger;
use crate::queue::{DropPolicy, Drops};
use crate::tests::metrics_seen::Seen;
use script::{Answer, Gate, Script, Scripted, number, trade};

struct World {
    letters: Arc<MemoryDeadLetters>,
    /// Rests that are noted and take no time.
    rests: Arc<Mutex<Vec<Span>>>,
    delivery: Delivery,
}

fn world() -> World {
    let (letters, rests) = (Arc::new(MemoryDeadLetters::new(1_000)), Arc::new(Mutex::default()));
    let noted: Arc<Mutex<Vec<Span>>> = Arc::clone(&rests);
    let clock = Mutex::new(0);
    let delivery = Delivery {
        dead_letters: Arc::clone(&letters) as _,
        // Each look at the clock finds a quarter of a second gone.
        clock: Arc::new(move || {
            let mut millis = clock.lock().unwrap();
            *millis += 250;
            Timestamp::from_millis(*millis)
        }),
        rest: Arc::new(move |span, _| noted.lock().unwrap().push(span)),
        ledger: Ledger::new(1_000),
        account: Account::new("test"),
    };
    World { letters, rests, delivery }
}

/// Batches of so many items, that wait for nobody.
fn config(name: &str, items_max: usize) -> SinkConfig {
    SinkConfig { limits: BatchLimits { items_max, ..BatchLimits::default() }, ..SinkConfig::new(name) }
}

fn scripted(script: &Script, lanes: usize) -> Vec<Box<dyn Sink>> {
    (0..lanes).map(|_| Box::new(Scripted(script.clone())) as Box<dyn Sink>).collect()
}

fn take(lanes: &mut SinkLanes, items: impl IntoIterator<Item = SinkItem>) {
    items.into_iter().for_each(|item| lanes.take(item, None, Timestamp::EPOCH));
}

fn delivered(count: u64) -> Tally {
    Tally { taken: count, delivered: count, ..Tally::default() }
}

#[test]
fn draining_stores_everything_and_each_streams_items_in_their_order() {
    let (world, script) = (world(), Script::new(&[]));
    let mut lanes =
        SinkLanes::start(&config("drain", 7), scripted(&script, 4), world.delivery.clone()).unwrap();
    take(&mut lanes, (0..1_000).map(|id| trade(id, u32::try_from(id % 9).unwrap())));
    let report = lanes.drain();
    assert_eq!((report.items, report.crashed), (delivered(1_000), 0));
    let kept = script.kept();
    for stream in 0..9 {
        let of_it = kept.iter().filter(|item| item.stream() == InstrumentId(stream)).map(number);
        let expected = (0..1_000u64).filter(|id| id % 9 == u64::from(stream));
        assert!(of_it.eq(expected), "stream {stream}");
    }
}

#[test]
fn letting_lanes_go_finishes_their_work_too() {
    let (world, script) = (world(), Script::new(&[]));
    let mut lanes =
        SinkLanes::start(&config("drop", 3), scripted(&script, 2), world.delivery.clone()).unwrap();
    take(&mut lanes, (0..10).map(|id| trade(id, 0)));
    drop(lanes);
    assert_eq!(script.kept().len(), 10);
}

#[test]
fn a_full_queue_of_a_slow_sink_drops_by_policy_and_accounts_for_it() {
    let table = [
        (DropPolicy::Oldest, Drops { oldest: 2, ..Drops::default() }, [0, 3, 4]),
        (DropPolicy::Newest, Drops { newest: 2, ..Drops::default() }, [0, 1, 2]),
    ];
    for (policy, dropped, kept) in table {
        let (world, script, gate) = (world(), Script::new(&[]), Gate::default());
        let sinks: Vec<Box<dyn Sink>> = vec![Box::new(script::Slow(script.clone(), gate.clone()))];
        let config = SinkConfig { queue_max: 2, policy, ..config("slow", 1) };
        let mut lanes = SinkLanes::start(&config, sinks, world.delivery.clone()).unwrap();
        take(&mut lanes, [trade(0, 0)]);
        gate.await_visitor();
        assert_eq!(lanes.depth(), 0, "the first batch is under way");
        take(&mut lanes, (1..5).map(|id| trade(id, 0)));
        gate.open();
        let items = Tally { taken: 5, delivered: 3, dropped, ..Tally::default() };
        assert_eq!(lanes.drain(), DrainReport { committed: 3, items, crashed: 0 }, "{policy:?}");
        assert_eq!(script.kept().iter().map(number).collect::<Vec<_>>(), kept, "{policy:?}");
    }
}

#[test]
fn sources_are_told_what_is_stored_in_the_order_in_which_they_gave_it() {
    let (world, script, gate) = (world(), Script::new(&[]), Gate::default());
    let ledger = world.delivery.ledger.clone();
    let sinks: Vec<Box<dyn Sink>> =
        vec![Box::new(script::Slow(script.clone(), gate.clone())), Box::new(Scripted(script.clone()))];
    let mut lanes = SinkLanes::start(&config("ledger", 1), sinks, world.delivery.clone()).unwrap();
    for offset in 1..=4u64 {
        let ticket = ledger.open(StreamPosition { stream: 0, offset }, Duration::ZERO).unwrap();
        let lane = u32::try_from(offset % 2).unwrap();
        lanes.take(trade(offset, lane), Some(ticket), Timestamp::EPOCH);
        ledger.close(ticket);
    }
    gate.await_visitor();
    while script.kept().len() < 2 {
        std::thread::yield_now();
    }
    let offsets = || ledger.settled().iter().map(|position| position.offset).collect::<Vec<_>>();
    assert!(offsets().iter().all(|offset| *offset == 1), "2 and 4 are held up: {:?}", offsets());
    gate.open();
    let _report = lanes.drain();
    assert_eq!((offsets(), ledger.open_tickets()), (vec![4], 0));
}

#[test]
fn the_metrics_have_the_names_of_the_contract() {
    let (seen, script) = (Seen::default(), Script::poisoned(&[3], u32::MAX, false));
    metrics::with_local_recorder(&seen, || {
        let mut world = world();
        world.delivery.account = Account::new("db");
        let lanes = SinkLanes::start(&config("db", 4), scripted(&script, 1), world.delivery.clone());
        let mut lanes = lanes.unwrap();
        take(&mut lanes, (0..8).map(|id| trade(id, 0)));
        let _report = lanes.drain();
    });
    let table = [
        ("mdp_sink_batches_committed_total{db}", "3"),
        ("mdp_sink_batches_failed_total{db}", "5"),
        ("mdp_sink_queue_depth{db}", "0"),
        ("mdp_sink_commit_seconds{db}", "2"),
        ("kafka_dlq_messages_total{db}", "1"),
        ("mdp_sink_retries_total{db}", "2"),
        ("mdp_edge_items_taken_total{db}", "8"),
        ("mdp_edge_items_total{db,delivered}", "7"),
        ("mdp_edge_items_total{db,dead_letter}", "1"),
    ];
    for (name, value) in table {
        assert_eq!(seen.value(name), value, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a sink answers: every item has exactly one fate, and every source learns of all of it.
    #[test]
    fn nothing_is_lost_and_nothing_counted_twice(
        answers in prop::collection::vec(
            prop_oneof![Just(Answer::Yes), Just(Answer::Later), Just(Answer::Final)],
            0..60,
        ),
        poison in prop::collection::hash_set(0u64..200, 0..20),
        names_poison: bool,
        lanes in 1usize..4,
    ) {
        let world = world();
        let script = Script::poisoned(&poison.iter().copied().collect::<Vec<_>>(), u32::MAX, names_poison);
        script.will_answer(&answers);
        let ledger = world.delivery.ledger.clone();
        let started = SinkLanes::start(&config("any", 16), scripted(&script, lanes), world.delivery.clone());
        let mut sink = started.unwrap();
        for id in 0..200u64 {
            let ticket = ledger.open(StreamPosition { stream: 0, offset: id + 1 }, Duration::ZERO).unwrap();
            sink.take(trade(id, u32::try_from(id % 5).unwrap()), Some(ticket), Timestamp::EPOCH);
            ledger.close(ticket);
        }
        let report = sink.drain();
        prop_assert_eq!(report.items.taken, 200);
        prop_assert_eq!(report.items.under_way(), 0);
        prop_assert_eq!(report.items.dropped.total(), 0);
        let mut kept: Vec<u64> = script.kept().iter().map(number).collect();
        let buried: Vec<u64> = world.letters.list().iter().map(|(_, letter)| number(&letter.item)).collect();
        prop_assert_eq!(report.items.delivered, kept.len() as u64);
        prop_assert!(poison.iter().all(|id| buried.contains(id)));
        kept.extend(buried);
        kept.sort_unstable();
        prop_assert_eq!(kept, (0..200).collect::<Vec<u64>>());
        prop_assert_eq!(ledger.settled(), [StreamPosition { stream: 0, offset: 200 }]);
    }
}

#[test]
fn a_sink_needs_a_worker() {
    let refused = SinkLanes::start(&SinkConfig::new("none"), Vec::new(), world().delivery);
    assert!(matches!(refused.map(|_| ()), Err(StartError::NoWorkers)));
}

#[test]
fn rests_grow_up_to_the_cap() {
    let backoff = Backoff::default();
    let seconds = [1, 2, 3, 4, 90].map(|failures| backoff.after(failures).millis() / 1_000);
    assert_eq!(seconds, [2, 4, 8, 10, 10]);
}

#[test]
fn a_rest_ends_when_stopped() {
    let stop = StopSignal::new();
    assert!(!stop.is_stopped());
    std::thread::scope(|scope| {
        let resting = scope.spawn(|| stop.rest(Span::DAY));
        stop.clone().stop();
        resting.join().unwrap();
    });
    assert!(stop.is_stopped());
    stop.rest(Span::DAY);
}

fn split() -> CorporateAction {
    let terms = CorporateTerms::Split(Split { numerator: 2, denominator: 1 });
    CorporateAction { instrument: InstrumentId(0), time: Timestamp::EPOCH, terms }
}

#[test]
fn items_are_made_of_the_events_that_are_kept() {
    let SinkItem::Trade(trade) = trade(1, 0) else { panic!("a trade") };
    assert_eq!(SinkItem::of(&MarketEvent::Trade(trade)), Some(SinkItem::Trade(trade)));
    let invalid = MarketEvent::Invalid { instrument: trade.instrument, time: Timestamp::EPOCH };
    assert_eq!(SinkItem::of(&invalid), None);
    assert_eq!(SinkItem::of(&MarketEvent::Corporate(split())), None);
}
