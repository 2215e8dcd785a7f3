//! Random steps on a breaker and on its plain reference: after each of them both must say the same.

use std::collections::HashMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::sync::broadcast::Receiver;

use super::super::{Breaker, BreakerConfig, Cause, Event, Permit, State, Window, WindowKind};
use super::reference::{Pass, Reference, part};
use super::{MILLISECOND, Tested};
use crate::{Chance, ManualClock, SeededChance};

/// Calls under way at most; of more, the oldest is cancelled.
const UNDER_WAY: usize = 12;

#[derive(Debug, Clone)]
enum Step {
    Acquire,
    Success(usize),
    Failure(usize),
    Drop(usize),
    /// Milliseconds.
    Advance(u64),
    ForceOpen,
    ForceClose,
    Reset,
    SetConfig(BreakerConfig),
    Look,
}

/// A breaker, its reference, and the calls under way through both.
struct Pair<'a> {
    breaker: &'a Tested,
    clock: ManualClock,
    reference: Reference,
    calls: Vec<(Permit<'a, ManualClock>, Pass)>,
    events: Receiver<Event>,
    /// How often each cause was met.
    causes: HashMap<Cause, u32>,
}

impl<'a> Pair<'a> {
    fn new(breaker: &'a Tested, clock: ManualClock) -> Self {
        let (reference, events) = (Reference::new(breaker.config()), breaker.subscribe());
        Self { breaker, clock, reference, calls: Vec::new(), events, causes: HashMap::new() }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Acquire => self.acquire(),
            Step::Success(which) => self.end(which, Permit::success, Reference::success),
            Step::Failure(which) => self.end(which, Permit::failure, Reference::failure),
            Step::Drop(which) => self.end(which, drop, Reference::leave),
            Step::Advance(milliseconds) => {
                let by = Duration::from_millis(milliseconds);
                self.clock.advance(by);
                self.reference.now += u64::try_from(by.as_nanos()).unwrap();
            }
            Step::ForceOpen => {
                self.breaker.force_open();
                self.reference.force(State::Open);
            }
            Step::ForceClose => {
                self.breaker.force_close();
                self.reference.force(State::Closed);
            }
            Step::Reset => {
                self.breaker.reset();
                self.reference.reset();
            }
            Step::SetConfig(config) => {
                self.breaker.set_config(config.clone()).unwrap();
                self.reference.set_config(config);
            }
            Step::Look => self.compare_all(),
        }
        self.compare();
    }

    fn acquire(&mut self) {
        let permit = self.breaker.try_acquire();
        match (permit, self.reference.acquire()) {
            (Ok(permit), Ok(pass)) => self.calls.push((permit, pass)),
            (Err(refused), Err(wait)) => assert_eq!(refused.retry_after, Duration::from_nanos(wait)),
            (permit, pass) => panic!("{permit:?} instead of {pass:?}"),
        }
        if self.calls.len() > UNDER_WAY {
            self.end(0, drop, Reference::leave);
        }
    }

    fn end(
        &mut self,
        which: usize,
        end: impl FnOnce(Permit<'a, ManualClock>),
        expected: impl FnOnce(&mut Reference, Pass),
    ) {
        if self.calls.is_empty() {
            return;
        }
        let (permit, pass) = self.calls.swap_remove(which % self.calls.len());
        end(permit);
        expected(&mut self.reference, pass);
    }

    /// What can be read at once.
    fn compare(&mut self) {
        let (word, reference) = (self.breaker.machine.word(), &mut self.reference);
        assert_eq!(
            (word.state(), word.is_held(), word.failures(), word.probes(), word.successes()),
            (
                reference.state,
                reference.is_held,
                reference.failures_in_a_row,
                reference.probes,
                reference.probe_successes
            )
        );
        for (from, to, cause) in reference.changes.drain(..) {
            let event = self.events.try_recv().unwrap();
            assert_eq!((event.from, event.to, event.cause, event.at), (from, to, cause, reference.now));
            *self.causes.entry(cause).or_default() += 1;
        }
    }

    fn compare_all(&mut self) {
        let snapshot = self.breaker.snapshot();
        let reference = &mut self.reference;
        assert_eq!(
            (snapshot.successes, snapshot.failures, snapshot.slow, snapshot.refused),
            (reference.successes, reference.failures, reference.slow, reference.refused)
        );
        assert!(self.events.is_empty(), "an event too many");
        if reference.config.window.is_some() && reference.state == State::Closed {
            let (calls, failures, slow) = reference.recent();
            assert_eq!(snapshot.failure_rate.to_bits(), part(failures, calls).to_bits());
            assert_eq!(snapshot.slow_rate.to_bits(), part(slow, calls).to_bits());
        }
    }
}

/// Takes the steps, and says how often each cause was met.
fn run(config: BreakerConfig, steps: impl IntoIterator<Item = Step>) -> HashMap<Cause, u32> {
    let clock = ManualClock::default();
    let breaker = Breaker::new("random", config, clock.clone()).unwrap();
    let mut pair = Pair::new(&breaker, clock);
    for step in steps {
        pair.take(step);
    }
    pair.take(Step::Look);
    pair.causes
}

fn rates() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.1), Just(0.25), Just(1.0 / 3.0), Just(0.5), Just(1.0)]
}

fn windows() -> impl Strategy<Value = Window> {
    let kind = prop_oneof![
        (1_u32..12).prop_map(WindowKind::Count),
        (100_u64..200).prop_map(|span| WindowKind::Time(Duration::from_millis(span))),
    ];
    (kind, 1_u32..8, rates(), 0_u64..10, rates()).prop_map(
        |(kind, minimum_calls, failure_rate, slow_call, slow_rate)| Window {
            kind,
            minimum_calls: match kind {
                WindowKind::Count(most) => minimum_calls.min(most),
                WindowKind::Time(_) => minimum_calls,
            },
            failure_rate,
            slow_call: Duration::from_millis(slow_call),
            slow_rate,
        },
    )
}

fn configs() -> impl Strategy<Value = BreakerConfig> {
    (0_u32..5, proptest::option::of(windows()), 1_u64..100, 1_u32..4, 1_u32..4).prop_map(
        |(consecutive_failures, window, open_for, half_open_probes, successes_to_close)| BreakerConfig {
            consecutive_failures: if window.is_none() {
                consecutive_failures.max(1)
            } else {
                consecutive_failures
            },
            window,
            open_for: Duration::from_millis(open_for),
            half_open_probes,
            successes_to_close,
            half_open_wait: Duration::ZERO,
        },
    )
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        40 => Just(Step::Acquire),
        18 => (0_usize..UNDER_WAY).prop_map(Step::Success),
        14 => (0_usize..UNDER_WAY).prop_map(Step::Failure),
        5 => (0_usize..UNDER_WAY).prop_map(Step::Drop),
        14 => (1_u64..8).prop_map(Step::Advance),
        4 => (8_u64..300).prop_map(Step::Advance),
        1 => Just(Step::ForceOpen),
        1 => Just(Step::ForceClose),
        2 => Just(Step::Reset),
        1 => configs().prop_map(Step::SetConfig),
        4 => Just(Step::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn any_steps_do_what_the_plain_one_does(config in configs(), steps in vec(steps(), 0..4_000)) {
        run(config, steps);
    }
}

/// Random steps without the machinery that shrinks them.
struct Dice(SeededChance);

impl Dice {
    fn below(&self, most: u64) -> u64 {
        let share = Duration::from_nanos(most).mul_f64(self.0.unit());
        u64::try_from(share.as_nanos()).unwrap().min(most - 1)
    }

    fn step(&self) -> Step {
        let which = usize::try_from(self.below(12)).unwrap();
        match self.below(1_000) {
            0..400 => Step::Acquire,
            400..600 => Step::Success(which),
            600..740 => Step::Failure(which),
            740..780 => Step::Drop(which),
            780..940 => Step::Advance(self.below(8)),
            940..980 => Step::Advance(self.below(300)),
            980..983 => Step::ForceOpen,
            983..986 => Step::ForceClose,
            986..996 => Step::Reset,
            _ => Step::Look,
        }
    }
}

/// One long life: each quarter of it under another configuration.
#[test]
fn two_million_steps_do_what_the_plain_one_does() {
    let window = |kind| Window {
        kind,
        minimum_calls: 5,
        failure_rate: 0.5,
        slow_call: 6 * MILLISECOND,
        slow_rate: 0.75,
    };
    let base = BreakerConfig {
        consecutive_failures: 3,
        open_for: 20 * MILLISECOND,
        half_open_probes: 3,
        successes_to_close: 2,
        ..BreakerConfig::default()
    };
    let quarters = [
        base.clone(),
        BreakerConfig { window: Some(window(WindowKind::Count(10))), ..base.clone() },
        BreakerConfig { window: Some(window(WindowKind::Time(100 * MILLISECOND))), ..base.clone() },
        BreakerConfig {
            consecutive_failures: 0,
            window: Some(window(WindowKind::Count(7))),
            half_open_probes: 1,
            ..base.clone()
        },
    ];
    let dice = Dice(SeededChance::new(20));
    let causes = run(
        base,
        quarters.into_iter().flat_map(|config| {
            std::iter::once(Step::SetConfig(config))
                .chain(std::iter::repeat_with(|| dice.step()).take(500_000))
        }),
    );
    assert_eq!(causes.len(), 10, "every cause was met: {causes:?}");
    assert!(causes.values().all(|&times| times > 100), "and often: {causes:?}");
}
