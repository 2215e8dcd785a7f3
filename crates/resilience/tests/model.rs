//! The breaker's state machine under the model checker, which tries the orders in which threads can meet, and what
//! they may see of one another's memory. Run by itself, as no other test may run on the checker's atomics:
//! `cargo test -p resilience --release --features loom --test model`.

#![cfg(feature = "loom")]
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;
use resilience::breaker::machine::{Change, Denied, Effect, Epoch, Limits, Machine, Measures, Watch};
use resilience::breaker::{Cause, State};

const OPEN_FOR: u64 = 100;

/// Tries all orders with up to three switches of threads that were not forced; most faults need two.
fn explore(test: impl Fn() + Sync + Send + 'static) {
    explore_with(3, test);
}

fn explore_with(switches: usize, test: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(switches);
    builder.check(test);
}

/// A machine with a clock that stands and a record of what it announced. Neither is part of what is explored.
struct Bench {
    machine: Machine,
    limits: Limits,
    now: AtomicU64,
    changes: Mutex<Vec<Change>>,
    /// Where the checker may come between a change and the news of it.
    pause: loom::sync::atomic::AtomicU64,
    /// Somebody is where only one may be.
    is_taken: AtomicBool,
}

impl Watch for Bench {
    fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    fn prepare(&self, _: &Change) {
        self.alone();
    }

    fn announce(&self, change: &Change) {
        self.pause.fetch_add(1, Ordering::Relaxed);
        self.changes.lock().unwrap().push(*change);
    }
}

impl Bench {
    fn new(consecutive_failures: u64, probes: u64, successes: u64) -> Self {
        let limits = Limits { consecutive_failures, probes, successes, open_for: OPEN_FOR };
        let machine = Machine::new(0, Measures::default());
        let pause = loom::sync::atomic::AtomicU64::new(0);
        Self {
            machine,
            limits,
            now: AtomicU64::new(0),
            changes: Mutex::new(Vec::new()),
            pause,
            is_taken: AtomicBool::new(false),
        }
    }

    /// Half-open with every slot free.
    fn half_open(probes: u64, successes: u64) -> Self {
        let bench = Self::new(1, probes, successes);
        let epoch = bench.admit().unwrap();
        assert_eq!(bench.fail(epoch), Effect::Turned);
        bench.at(OPEN_FOR);
        let probe = bench.admit().unwrap();
        assert_eq!(bench.leave(probe), Effect::Freed);
        bench
    }

    fn at(&self, now: u64) {
        self.now.store(now, Ordering::SeqCst);
    }

    fn admit(&self) -> Result<Epoch, Denied> {
        self.machine.admit(&self.limits, self)
    }

    fn succeed(&self, epoch: Epoch) -> Effect {
        self.machine.succeed(epoch, &self.limits, self)
    }

    fn fail(&self, epoch: Epoch) -> Effect {
        self.machine.fail(epoch, &self.limits, Cause::ProbeFailed, self)
    }

    fn leave(&self, epoch: Epoch) -> Effect {
        self.machine.leave(epoch, self)
    }

    /// What must not happen on two threads at once.
    fn alone(&self) {
        assert!(!self.is_taken.swap(true, Ordering::SeqCst), "two at once");
        self.pause.fetch_add(1, Ordering::Relaxed);
        self.is_taken.store(false, Ordering::SeqCst);
    }

    fn state(&self) -> State {
        self.machine.word().state()
    }

    /// The states announced, each from the one before it.
    fn announced(&self) -> Vec<State> {
        let changes = self.changes.lock().unwrap();
        let mut from = State::Closed;
        for change in changes.iter() {
            assert_eq!(change.from, from, "announced in order: {changes:?}");
            from = change.to;
        }
        assert_eq!(from, self.state(), "the last one is the state");
        changes.iter().map(|change| change.to).collect()
    }
}

/// Runs `first` and `second` beside `third`, and waits for all.
fn together<A, B, T>(
    bench: &Arc<Bench>,
    first: fn(&Bench) -> A,
    second: fn(&Bench) -> B,
    third: impl FnOnce(&Bench) -> T,
) -> (A, B, T)
where
    A: 'static + Send,
    B: 'static + Send,
{
    let (one, two) = (Arc::clone(bench), Arc::clone(bench));
    let one = thread::spawn(move || first(&one));
    let two = thread::spawn(move || second(&two));
    let third = third(bench);
    (one.join().unwrap(), two.join().unwrap(), third)
}

#[test]
fn probes_never_exceed_their_slots_and_no_slot_is_lost() {
    explore_with(2, || {
        static IN: AtomicU64 = AtomicU64::new(0);
        fn probe(bench: &Bench) {
            if let Ok(epoch) = bench.admit() {
                assert!(IN.fetch_add(1, Ordering::SeqCst) < 2, "three probes in two slots");
                bench.pause.fetch_add(1, Ordering::Relaxed);
                IN.fetch_sub(1, Ordering::SeqCst);
                assert_eq!(bench.leave(epoch), Effect::Freed);
            }
        }
        let bench = Arc::new(Bench::half_open(2, 9));
        together(&bench, probe, probe, probe);
        assert_eq!(bench.machine.word().probes(), 0);
        assert!(bench.admit().is_ok() && bench.admit().is_ok());
        assert_eq!(bench.admit(), Err(Denied::Busy));
    });
}

#[test]
fn an_open_breaker_whose_time_is_over_lets_in_one_of_many() {
    explore(|| {
        let bench = Arc::new(Bench::new(1, 1, 1));
        let epoch = bench.admit().unwrap();
        bench.fail(epoch);
        bench.at(OPEN_FOR);
        let (one, two, three) = together(&bench, Bench::admit, Bench::admit, Bench::admit);
        let admissions = [one, two, three];
        assert_eq!(admissions.iter().filter(|admission| admission.is_ok()).count(), 1, "{admissions:?}");
        assert_eq!(admissions.iter().filter(|admission| **admission == Err(Denied::Busy)).count(), 2);
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen]);
    });
}

#[test]
fn a_probe_that_goes_well_and_one_that_fails_turn_it_once() {
    explore(|| {
        let bench = Arc::new(Bench::half_open(2, 1));
        let (good, bad) = (bench.admit().unwrap(), bench.admit().unwrap());
        assert_eq!(good, bad, "both of one epoch");
        let other = Arc::clone(&bench);
        let success = thread::spawn(move || other.succeed(good));
        let failure = bench.fail(bad);
        let success = success.join().unwrap();
        let expected = match (success, failure) {
            (Effect::Turned, Effect::Late) => State::Closed,
            (Effect::Late, Effect::Turned) => State::Open,
            both => panic!("{both:?}"),
        };
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen, expected]);
    });
}

#[test]
fn two_last_successes_close_it_once() {
    explore(|| {
        let bench = Arc::new(Bench::half_open(3, 2));
        let epoch = bench.admit().unwrap();
        bench.admit().unwrap();
        bench.admit().unwrap();
        let succeed = move |bench: &Bench| bench.succeed(epoch);
        let (one, two) = (Arc::clone(&bench), Arc::clone(&bench));
        let (one, two) = (thread::spawn(move || succeed(&one)), thread::spawn(move || succeed(&two)));
        let effects = [one.join().unwrap(), two.join().unwrap(), succeed(&bench)];
        assert_eq!(effects.iter().filter(|effect| **effect == Effect::Turned).count(), 1, "{effects:?}");
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen, State::Closed]);
    });
}

#[test]
fn results_of_an_older_epoch_move_nothing() {
    explore(|| {
        let bench = Arc::new(Bench::new(1, 1, 1));
        let old = bench.admit().unwrap();
        bench.admit().unwrap();
        bench.fail(old);
        bench.at(OPEN_FOR);
        let (late_success, late_failure) = (Arc::clone(&bench), Arc::clone(&bench));
        let late_success = thread::spawn(move || late_success.succeed(old));
        let late_failure = thread::spawn(move || late_failure.fail(old));
        bench.admit().unwrap();
        assert_eq!(bench.leave(old), Effect::Late);
        assert_eq!(late_success.join().unwrap(), Effect::Late);
        assert_eq!(late_failure.join().unwrap(), Effect::Late);
        let word = bench.machine.word();
        assert_eq!((word.state(), word.probes(), word.successes()), (State::HalfOpen, 1, 0));
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen]);
    });
}

#[test]
fn forced_open_stays_open_whatever_a_probe_says() {
    explore(|| {
        let bench = Arc::new(Bench::half_open(1, 1));
        let probe = bench.admit().unwrap();
        let other = Arc::clone(&bench);
        let success = thread::spawn(move || other.succeed(probe));
        bench.machine.force(State::Open, &*bench);
        success.join().unwrap();
        assert_eq!(bench.state(), State::Open);
        assert!(bench.machine.word().is_held());
        bench.at(10 * OPEN_FOR);
        assert_eq!(bench.admit(), Err(Denied::Open { wait: OPEN_FOR }));
        bench.announced();
    });
}

#[test]
fn failures_of_many_threads_are_all_counted_and_open_it_once() {
    explore(|| {
        fn failure(bench: &Bench) -> Effect {
            bench.fail(bench.admit().unwrap())
        }
        let bench = Arc::new(Bench::new(3, 1, 1));
        let (one, two, three) = together(&bench, failure, failure, failure);
        let turned = [one, two, three].iter().filter(|effect| **effect == Effect::Turned).count();
        assert_eq!(turned, 1);
        assert_eq!(bench.announced(), [State::Open]);
    });
}

#[test]
fn a_success_between_failures_is_not_overlooked() {
    explore(|| {
        let bench = Arc::new(Bench::new(2, 1, 1));
        let epoch = bench.admit().unwrap();
        bench.fail(epoch);
        let (one, two) = (Arc::clone(&bench), Arc::clone(&bench));
        let success = thread::spawn(move || one.succeed(epoch));
        let failure = thread::spawn(move || two.fail(epoch));
        let (success, failure) = (success.join().unwrap(), failure.join().unwrap());
        // Either the success came first and one failure is counted, or the failure opened it and the success is late.
        let expected = match (success, failure) {
            (Effect::Counted, Effect::Counted) => State::Closed,
            (Effect::Late, Effect::Turned) => State::Open,
            both => panic!("{both:?}"),
        };
        assert_eq!(bench.state(), expected);
    });
}

#[test]
fn who_sees_it_open_sees_since_when() {
    explore(|| {
        let bench = Arc::new(Bench::new(1, 1, 1));
        let epoch = bench.admit().unwrap();
        // Long after the machine was made: with the old time it would turn half-open at once.
        bench.at(10 * OPEN_FOR);
        let other = Arc::clone(&bench);
        let opening = thread::spawn(move || other.fail(epoch));
        if let Err(denied) = bench.admit() {
            assert_eq!(denied, Denied::Open { wait: OPEN_FOR });
        }
        opening.join().unwrap();
        assert_eq!(bench.announced(), [State::Open]);
    });
}

#[test]
fn a_fresh_probe_is_not_taken_for_a_lost_one() {
    explore(|| {
        let bench = Arc::new(Bench::half_open(1, 9));
        // The last probe was let in, and came back, long ago.
        bench.at(10 * OPEN_FOR);
        let (one, two, three) = together(&bench, Bench::admit, Bench::admit, Bench::admit);
        assert_eq!([one, two, three].iter().filter(|admission| admission.is_ok()).count(), 1);
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen]);
    });
}

#[test]
fn lost_probes_open_it_once() {
    explore(|| {
        let bench = Arc::new(Bench::half_open(1, 1));
        let lost = bench.admit().unwrap();
        bench.at(3 * OPEN_FOR);
        let other = Arc::clone(&bench);
        let answer = thread::spawn(move || other.succeed(lost));
        let admission = bench.admit();
        // Either the probe answers in the end and closes it, or it is given up and its answer is late.
        let expected = match (answer.join().unwrap(), admission) {
            (Effect::Turned, Ok(_)) => State::Closed,
            (Effect::Late, Err(Denied::Open { wait: OPEN_FOR })) => State::Open,
            both => panic!("{both:?}"),
        };
        assert_eq!(bench.announced(), [State::Open, State::HalfOpen, expected]);
    });
}

#[test]
fn what_is_measured_outlives_a_change_of_state_and_is_not_changed_during_one() {
    explore(|| {
        let bench = Arc::new(Bench::new(1, 1, 1));
        let epoch = bench.admit().unwrap();
        let other = Arc::clone(&bench);
        let failure = thread::spawn(move || other.fail(epoch));
        bench.machine.reconfigure(Measures { is_timed: true, is_windowed: true }, |_| bench.alone());
        assert_eq!(failure.join().unwrap(), Effect::Turned);
        let word = bench.machine.word();
        assert!(word.is_windowed());
        assert_eq!(word.state(), State::Open);
    });
}
