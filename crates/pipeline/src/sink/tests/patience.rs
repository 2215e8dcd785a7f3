//! A place that cannot be reached is waited for: in the queue, on the disk, or not at all.

use std::path::Path;

use super::script::{Answer, Gate, Script, Slow, number, trade};
use super::{config, delivered, scripted, take, world};
use crate::queue::DropPolicy;
use crate::sink::{Sink, SinkConfig, SinkLanes, SpoolConfig};

fn spooling(folder: &Path, bytes_max: u64) -> SinkConfig {
    let spool = Some(SpoolConfig { folder: folder.to_owned(), bytes_max });
    SinkConfig { queue_max: 2, spool, ..config("spooled", 2) }
}

#[test]
fn where_there_is_no_spool_and_no_patience_a_batch_is_given_up_and_the_caller_told() {
    let (world, script) = (world(), Script::new(&[Answer::Later; 3]));
    let config = SinkConfig { unreached_max: Some(3), ..config("files", 2) };
    let mut lanes = SinkLanes::start(&config, scripted(&script, 1), world.delivery.clone()).unwrap();
    assert!(!lanes.is_given_up());
    take(&mut lanes, (0..2).map(|id| trade(id, 0)));
    while !lanes.is_given_up() {
        std::thread::yield_now();
    }
    take(&mut lanes, [trade(2, 0)]);
    let items = lanes.drain().items;
    assert_eq!((items.taken, items.delivered, items.dropped.abandoned), (3, 1, 2));
    assert!(world.letters.list().is_empty(), "nothing was wrong with them");
}

#[test]
fn what_the_queue_has_no_room_for_waits_on_the_disk_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let (world, script, gate) = (world(), Script::new(&[]), Gate::default());
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Slow(script.clone(), gate.clone()))];
    let config = spooling(folder.path(), 1 << 20);
    let mut lanes = SinkLanes::start(&config, sinks, world.delivery.clone()).unwrap();
    // More than the queue holds, while the sink takes nothing: nobody waits.
    take(&mut lanes, (0..200).map(|id| trade(id, 0)));
    gate.await_visitor();
    assert!(lanes.spooled() > 150, "{}", lanes.spooled());
    gate.open();
    while lanes.spooled() > 0 {
        std::thread::yield_now();
    }
    take(&mut lanes, (200..210).map(|id| trade(id, 0)));
    assert_eq!(lanes.drain().items, delivered(210));
    let kept: Vec<u64> = script.kept().iter().map(number).collect();
    assert_eq!(kept, (0..210).collect::<Vec<_>>());
}

#[test]
fn what_a_stop_leaves_is_delivered_by_the_next_run_before_everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let config = spooling(folder.path(), 1 << 20);
    let (first, script) = (world(), Script::new(&[Answer::Later; 1_000]));
    let mut lanes = SinkLanes::start(&config, scripted(&script, 1), first.delivery.clone()).unwrap();
    take(&mut lanes, (0..20).map(|id| trade(id, 0)));
    lanes.stop_signal().stop();
    let left = lanes.drain().items;
    assert_eq!((left.taken, left.under_way(), left.delivered), (20, 20, 0));
    let second = world();
    let script = Script::new(&[]);
    let mut lanes = SinkLanes::start(&config, scripted(&script, 1), second.delivery.clone()).unwrap();
    take(&mut lanes, (20..30).map(|id| trade(id, 0)));
    while script.kept().len() < 30 {
        std::thread::yield_now();
    }
    assert_eq!(lanes.drain().items, delivered(30));
    assert_eq!(script.kept().iter().map(number).collect::<Vec<_>>(), (0..30).collect::<Vec<_>>());
}

#[test]
fn a_full_spool_does_what_the_policy_says_and_accounts_for_it() {
    for policy in [DropPolicy::Oldest, DropPolicy::Newest] {
        let folder = tempfile::tempdir().unwrap();
        let (world, script, gate) = (world(), Script::new(&[]), Gate::default());
        let sinks: Vec<Box<dyn Sink>> = vec![Box::new(Slow(script.clone(), gate.clone()))];
        let config = SinkConfig { policy, ..spooling(folder.path(), 600) };
        let mut lanes = SinkLanes::start(&config, sinks, world.delivery.clone()).unwrap();
        take(&mut lanes, [trade(0, 0), trade(1, 0)]);
        gate.await_visitor();
        take(&mut lanes, (2..200).map(|id| trade(id, 0)));
        gate.open();
        while lanes.spooled() > 0 {
            std::thread::yield_now();
        }
        let items = lanes.drain().items;
        let dropped = if policy == DropPolicy::Oldest { items.dropped.oldest } else { items.dropped.newest };
        assert!(dropped > 100, "{policy:?}: {items:?}");
        assert_eq!((items.under_way(), items.delivered + dropped), (0, 200), "{policy:?}");
        let kept: Vec<u64> = script.kept().iter().map(number).collect();
        assert!(kept.is_sorted() && kept.len() as u64 == items.delivered);
        assert_eq!(kept.contains(&199), policy == DropPolicy::Oldest);
    }
}

#[test]
fn with_policy_block_a_full_spool_makes_the_caller_wait_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (world, script) = (world(), Script::new(&[Answer::Later; 50]));
    let config = spooling(folder.path(), 600);
    let mut lanes = SinkLanes::start(&config, scripted(&script, 1), world.delivery.clone()).unwrap();
    take(&mut lanes, (0..500).map(|id| trade(id, 0)));
    while script.kept().len() < 500 {
        lanes.on_time(domain::Timestamp::from_seconds(1_000));
        std::thread::yield_now();
    }
    assert_eq!(lanes.drain().items, delivered(500));
    assert_eq!(script.kept().iter().map(number).collect::<Vec<_>>(), (0..500).collect::<Vec<_>>());
}
