mod script;

use std::sync::{Arc, Mutex};

use domain::{CorporateAction, CorporateTerms, InstrumentId, MarketEvent, Span, Split, Timestamp};

use super::{
    Backoff, Delivery, DrainReport, Sink, SinkConfig, SinkItem, SinkWorkers, StartError, StopSignal,
};
use crate::dead_letter::MemoryDeadLetters;
use crate::queue::{DropPolicy, Drops, Sent};
use crate::tests::metrics_seen::Seen;
use script::{Answer, Gate, Script, Scripted, batch};

/// Rests that are noted and take no time.
type Rests = Arc<Mutex<Vec<Span>>>;

struct World {
    letters: Arc<MemoryDeadLetters>,
    rests: Rests,
    delivery: Delivery,
}

fn world() -> World {
    let (letters, rests) = (Arc::new(MemoryDeadLetters::new(100)), Rests::default());
    let noted = Arc::clone(&rests);
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
    };
    World { letters, rests, delivery }
}

/// What the sink answers; how often it is tried, why it is given up, and the seconds of the rests between.
type Row = (&'static [Answer], u32, Option<&'static str>, &'static [i64]);

#[test]
fn tries_and_dead_letters_follow_the_table() {
    use Answer::{Final, Later, Panic, Yes};
    let table: [Row; 7] = [
        (&[Yes], 1, None, &[]),
        (&[Later, Yes], 2, None, &[2]),
        (&[Later, Later, Yes], 3, None, &[2, 4]),
        (&[Later, Later, Later, Yes], 3, Some("come later"), &[2, 4]),
        (&[Final, Yes], 1, Some("never"), &[]),
        (&[Later, Final, Yes], 2, Some("never"), &[2]),
        (&[Panic, Yes], 1, Some("the sink panicked on this batch"), &[]),
    ];
    for (answers, attempts, reason, rests) in table {
        let (world, script) = (world(), Script::new(answers));
        let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Scripted(script.clone()))];
        let workers = SinkWorkers::start(&SinkConfig::new("table"), sinks, &world.delivery).unwrap();
        workers.submit(batch(7, 3)).unwrap();
        let report = workers.drain();
        assert_eq!(script.tried(), usize::try_from(attempts).unwrap(), "{answers:?}");
        assert_eq!(
            (report.committed, report.buried),
            (u64::from(reason.is_none()), u64::from(reason.is_some()))
        );
        let slept: Vec<i64> = world.rests.lock().unwrap().iter().map(|span| span.millis() / 1_000).collect();
        assert_eq!(slept, rests, "{answers:?}");
        let letters = world.letters.list();
        assert_eq!(letters.first().map(|(_, letter)| letter.error.reason.as_str()), reason);
        for (_, letter) in letters {
            assert_eq!((letter.attempts, letter.origin.as_str()), (attempts, "table"));
            assert_eq!(letter.items, batch(7, 3), "the whole batch is kept");
        }
    }
}

#[test]
fn a_sink_that_failed_takes_the_next_batch() {
    let (world, script) = (world(), Script::new(&[Answer::Final, Answer::Panic, Answer::Yes]));
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Scripted(script.clone()))];
    let workers = SinkWorkers::start(&SinkConfig::new("next"), sinks, &world.delivery).unwrap();
    for number in 0..3 {
        workers.submit(batch(number, 1)).unwrap();
    }
    let report = workers.drain();
    assert_eq!((report.committed, report.buried, report.crashed), (1, 2, 0));
    assert_eq!(script.kept(), batch(2, 1));
}

#[test]
fn draining_commits_everything_that_was_accepted() {
    let (world, script) = (world(), Script::new(&[]));
    let sinks = (0..4).map(|_| Box::new(Scripted(script.clone())) as Box<dyn Sink>).collect();
    let workers = SinkWorkers::start(&SinkConfig::new("drain"), sinks, &world.delivery).unwrap();
    for number in 0..200 {
        assert_eq!(workers.submit(batch(number, 2)).unwrap(), Sent::Queued);
    }
    let report = workers.drain();
    assert_eq!(report, DrainReport { committed: 200, ..DrainReport::default() });
    let mut kept = script.kept();
    let number = |item: &SinkItem| match item {
        SinkItem::Trade(trade) => trade.id,
        _ => panic!("only trades were sent"),
    };
    kept.sort_by_key(number);
    let expected: Vec<SinkItem> = (0..200).flat_map(|id| batch(id, 2)).collect();
    assert_eq!(kept, expected);
}

#[test]
fn letting_workers_go_finishes_their_work_too() {
    let (world, script) = (world(), Script::new(&[]));
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Scripted(script.clone()))];
    let workers = SinkWorkers::start(&SinkConfig::new("drop"), sinks, &world.delivery).unwrap();
    for number in 0..10 {
        workers.submit(batch(number, 1)).unwrap();
    }
    drop(workers);
    assert_eq!(script.kept().len(), 10);
}

#[test]
fn a_full_queue_of_a_slow_sink_drops_by_policy_and_reports_it() {
    let (world, script, gate) = (world(), Script::new(&[]), Gate::default());
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(script::Slow(script.clone(), gate.clone()))];
    let config = SinkConfig { queue_max: 2, policy: DropPolicy::Oldest, ..SinkConfig::new("slow") };
    let workers = SinkWorkers::start(&config, sinks, &world.delivery).unwrap();
    workers.submit(batch(0, 1)).unwrap();
    gate.await_visitor();
    assert_eq!(workers.depth(), 0, "the first batch is under way");
    let sent: Vec<Sent> = (1..5).map(|number| workers.submit(batch(number, 1)).unwrap()).collect();
    assert_eq!(sent, [Sent::Queued, Sent::Queued, Sent::DroppedOldest, Sent::DroppedOldest]);
    gate.open();
    let report = workers.drain();
    let dropped = Drops { oldest: 2, ..Drops::default() };
    assert_eq!(report, DrainReport { committed: 3, dropped, ..DrainReport::default() });
    assert_eq!(script.kept(), [batch(0, 1), batch(3, 1), batch(4, 1)].concat());
}

#[test]
fn the_metrics_have_the_names_of_the_contract() {
    let (world, seen) = (world(), Seen::default());
    let script = Script::new(&[Answer::Later, Answer::Yes, Answer::Final]);
    metrics::with_local_recorder(&seen, || {
        let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Scripted(script.clone()))];
        let workers = SinkWorkers::start(&SinkConfig::new("db"), sinks, &world.delivery).unwrap();
        workers.submit(batch(0, 5)).unwrap();
        workers.submit(batch(1, 6)).unwrap();
        let _report = workers.drain();
    });
    assert_eq!(seen.value("mdp_sink_batches_committed_total{db}"), "1");
    assert_eq!(seen.value("mdp_sink_batches_failed_total{db}"), "1");
    assert_eq!(seen.value("mdp_sink_queue_depth{db}"), "0");
    assert_eq!(seen.value("mdp_sink_commit_seconds{db}"), "0.75", "three tries of a quarter of a second");
    assert_eq!(seen.value("kafka_dlq_messages_total{db}"), "6");
    assert_eq!(seen.value("mdp_sink_retries_total{db}"), "1");
}

#[test]
fn a_sink_needs_a_worker() {
    let refused = SinkWorkers::start(&SinkConfig::new("none"), Vec::new(), &world().delivery);
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
    let [SinkItem::Trade(trade)] = batch(1, 1)[..] else { panic!("a trade") };
    assert_eq!(SinkItem::of(&MarketEvent::Trade(trade)), Some(SinkItem::Trade(trade)));
    let invalid = MarketEvent::Invalid { instrument: trade.instrument, time: Timestamp::EPOCH };
    assert_eq!(SinkItem::of(&invalid), None);
    assert_eq!(SinkItem::of(&MarketEvent::Corporate(split())), None);
}
