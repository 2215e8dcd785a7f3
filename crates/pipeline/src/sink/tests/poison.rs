//! What is refused is isolated; everything else is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::script::{Answer, Script, number, trade};
use super::{config, delivered, scripted, take, world};
use crate::account::Tally;
use crate::dead_letter::{DeadLetter, DeadLetters};
use crate::sink::{SinkConfig, SinkError, SinkLanes};

/// What the sink answers; how often it is tried, why it is given up, and the milliseconds of the rests between.
type Row = (&'static [Answer], bool, usize, Option<&'static str>, &'static [i64]);

#[test]
fn tries_and_dead_letters_of_one_item_follow_the_table() {
    use Answer::{Final, Later, Panic, Yes};
    let table: [Row; 8] = [
        (&[Yes], false, 1, None, &[]),
        (&[Later, Yes], false, 2, None, &[2_000]),
        // A place that is away is waited for as long as it takes.
        (&[Later, Later, Later, Later, Yes], false, 5, None, &[2_000, 4_000, 8_000, 10_000]),
        (&[Final, Yes], false, 2, None, &[50]),
        (&[Final, Final, Later, Yes], false, 4, None, &[50, 100, 2_000]),
        (&[Final, Final, Final, Yes], false, 3, Some("never"), &[50, 100]),
        (&[Panic, Panic, Panic], false, 3, Some("the sink panicked on this batch"), &[50, 100]),
        // One that is there and still cannot take it is not away.
        (&[Later; 9], true, 9, Some("come later"), &[2_000, 4_000, 50, 2_000, 4_000, 100, 2_000, 4_000]),
    ];
    for (answers, is_reachable, tried, error, rests) in table {
        let (world, script) = (world(), Script::new(answers));
        let script = if is_reachable { script.reachable() } else { script };
        let lanes = SinkLanes::start(&config("table", 1), scripted(&script, 1), world.delivery.clone());
        let mut lanes = lanes.unwrap();
        take(&mut lanes, [trade(7, 0)]);
        let report = lanes.drain();
        assert_eq!(script.tried(), tried, "{answers:?}");
        let slept: Vec<i64> = world.rests.lock().unwrap().iter().map(|span| span.millis()).collect();
        assert_eq!(slept, rests, "{answers:?}");
        let letters = world.letters.list();
        assert_eq!(letters.first().map(|(_, letter)| letter.error.as_str()), error, "{answers:?}");
        assert_eq!(
            (report.items.delivered == 1, report.items.buried == 1),
            (error.is_none(), error.is_some())
        );
        for (_, letter) in letters {
            assert_eq!((letter.attempts, letter.origin.as_str()), (3, "table"));
            assert_eq!(letter.item, trade(7, 0));
            assert!(letter.first_failed < letter.last_failed);
        }
    }
}

#[test]
fn neighbours_of_poison_are_stored_in_their_order() {
    let poison = [3, 50, 51, 99];
    for names_poison in [false, true] {
        let (world, script) = (world(), Script::poisoned(&poison, u32::MAX, names_poison));
        let lanes = SinkLanes::start(&config("isolate", 100), scripted(&script, 1), world.delivery.clone());
        let mut lanes = lanes.unwrap();
        take(&mut lanes, (0..100).map(|id| trade(id, 0)));
        let report = lanes.drain();
        let items = Tally { taken: 100, delivered: 96, buried: 4, ..Tally::default() };
        assert_eq!(report.items, items);
        let kept: Vec<u64> = script.kept().iter().map(number).collect();
        assert_eq!(kept, (0..100).filter(|id| !poison.contains(id)).collect::<Vec<_>>());
        let letters = world.letters.list();
        let mut buried: Vec<u64> = letters.iter().map(|(_, letter)| number(&letter.item)).collect();
        buried.sort_unstable();
        assert_eq!(buried, poison);
        assert!(letters.iter().all(|(_, letter)| letter.attempts == 3 && letter.error == "it is poison"));
        let most = if names_poison { 5 } else { 60 };
        assert!(script.tried() < most, "{} tries", script.tried());
    }
}

#[test]
fn what_is_refused_twice_and_then_taken_is_stored() {
    let (world, script) = (world(), Script::poisoned(&[5], 2, true));
    let lanes = SinkLanes::start(&config("again", 10), scripted(&script, 1), world.delivery.clone());
    let mut lanes = lanes.unwrap();
    take(&mut lanes, (0..10).map(|id| trade(id, 0)));
    assert_eq!(lanes.drain().items, delivered(10));
    assert!(world.letters.list().is_empty());
}

#[test]
fn a_sink_that_failed_takes_the_next_batch() {
    let answers = [Answer::Final, Answer::Panic, Answer::Final];
    let (world, script) = (world(), Script::new(&answers));
    let lanes = SinkLanes::start(&config("next", 1), scripted(&script, 1), world.delivery.clone());
    let mut lanes = lanes.unwrap();
    take(&mut lanes, (0..3).map(|id| trade(id, 0)));
    let report = lanes.drain();
    assert_eq!((report.items.delivered, report.items.buried, report.crashed), (2, 1, 0));
    assert_eq!(script.kept(), [trade(1, 0), trade(2, 0)]);
}

/// Cannot keep anything at first.
struct Late(AtomicU32, std::sync::Mutex<Vec<DeadLetter>>);

impl DeadLetters for Late {
    fn bury(&self, letters: &[DeadLetter]) -> Result<(), SinkError> {
        if self.0.fetch_add(1, Ordering::Relaxed) < 3 {
            return Err(SinkError::unavailable("not now"));
        }
        self.1.lock().unwrap().extend_from_slice(letters);
        Ok(())
    }
}

#[test]
fn a_letter_that_cannot_be_kept_is_tried_until_it_is() {
    let late = Arc::new(Late(AtomicU32::new(0), std::sync::Mutex::default()));
    let mut world = world();
    world.delivery.dead_letters = Arc::clone(&late) as _;
    let script = Script::poisoned(&[1], u32::MAX, true);
    let lanes = SinkLanes::start(&config("late", 3), scripted(&script, 1), world.delivery.clone());
    let mut lanes = lanes.unwrap();
    take(&mut lanes, (0..3).map(|id| trade(id, 0)));
    assert_eq!(lanes.drain().items.buried, 1);
    assert_eq!(late.1.lock().unwrap().len(), 1);
}

#[test]
fn where_nobody_waits_a_letter_that_cannot_be_kept_is_given_up_and_counted() {
    let mut world = world();
    world.delivery.dead_letters = Arc::new(Late(AtomicU32::new(0), std::sync::Mutex::default()));
    let script = Script::poisoned(&[1], u32::MAX, true);
    let config = SinkConfig { unreached_max: Some(2), ..config("files", 3) };
    let mut lanes = SinkLanes::start(&config, scripted(&script, 1), world.delivery.clone()).unwrap();
    take(&mut lanes, (0..3).map(|id| trade(id, 0)));
    let items = lanes.drain().items;
    assert_eq!((items.delivered, items.buried, items.dropped.abandoned), (2, 0, 1));
}
