//! What must hold below normal, whatever happens. The rules that every single order and every position must keep
//! are asserted by [`Run::act`] after each act.

use domain::{InstrumentId, Money, OrderEvent, Price, Quantity, Rate, Span};
use proptest::prelude::*;
use risk::{HaltKind, Limits, Reason, Rung};

use super::acts::{Act, Run, act, act_below_normal};
use super::world::{World, limits};
use crate::{Control, Effect, Effects, Record, State, recover};

/// Losses stop nothing.
fn no_loss_limits() -> Limits {
    Limits {
        max_daily_loss: Money::from_units(1_000_000_000),
        max_drawdown: Rate::from_basis_points(10_000),
        ..limits()
    }
}

/// One bad trade stops them.
fn small_loss_limits() -> Limits {
    Limits { max_daily_loss: Money::from_units(20), max_drawdown: Rate::from_basis_points(5), ..limits() }
}

fn held(state: &State, instrument: u32) -> Quantity {
    state.portfolio().position(InstrumentId(instrument)).quantity
}

/// A venue that does what it is asked, at once: it cancels, and it fills whatever reaches it.
fn serve(run: &mut Run, effects: Effects) {
    run.assert_lawful(&effects, false);
    for effect in effects.effects {
        let (id, fills) = match effect {
            Effect::Submit(order) => (order.id, true),
            Effect::Query(id) => (id, true),
            Effect::Cancel(id) => (id, false),
        };
        let Some(order) = run.world.state.orders().find_open(id).copied() else { continue };
        let answer = match fills {
            true if order.cancel_requested => continue,
            true => run.fill_order(id, order.remaining()),
            false => run.world.report(id, OrderEvent::Cancelled),
        };
        serve(run, answer);
    }
}

/// Time passes and prices come, until nothing is left that could be closed.
fn flatten(run: &mut Run) {
    for control in [Control::Resume { note: String::new() }, flattened(), Control::Reconcile] {
        let effects = run.world.control(&control);
        serve(run, effects);
    }
    for round in 0..60 {
        run.world.now = run.world.now.plus(Span::from_millis(400));
        if round == 30 {
            // What was tried before the venue came to its senses may have used up the tries.
            let effects = run.world.control(&Control::Resume { note: String::new() });
            serve(run, effects);
        }
        for instrument in 0..2 {
            let effects = run.world.price(InstrumentId(instrument), Price::from_units(100));
            serve(run, effects);
        }
    }
}

fn flattened() -> Control {
    Control::SetRung { rung: Rung::Flatten, cause: String::new() }
}

/// All that may be left is less than a step, and that only with a word about it.
fn assert_flat(run: &mut Run) {
    let state = &run.world.state;
    assert_eq!(state.rung(), Rung::Flatten);
    assert!(state.orders().open().is_empty());
    let left = [held(state, 0), held(state, 1)];
    assert!(left.iter().all(|left| left.truncate_to(Quantity::from_raw(1_000_000)).is_zero()), "{left:?}");
    let halt = state.halt().map(|halt| halt.kind);
    let has_dust = left.iter().any(|left| !left.is_zero());
    assert_eq!(halt, has_dust.then_some(HaltKind::FlattenFault));
    assert!(run.world.price(InstrumentId(0), Price::from_units(99)).is_empty(), "it keeps still");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Below normal nothing adds to a position, from the rung that cancels everything on nothing leaves but what
    /// closes positions, and the journal rebuilds it all.
    #[test]
    fn every_rung_keeps_its_word(acts in proptest::collection::vec(act_below_normal(), 1..160)) {
        let mut run = Run::new(no_loss_limits());
        for act in &acts {
            run.act(act);
        }
        let rebuilt = recover(run.world.journal.clone()).unwrap();
        prop_assert_eq!(rebuilt.standing(), run.world.state.standing());
        prop_assert_eq!(rebuilt.flattening(), run.world.state.flattening());
        prop_assert_eq!(rebuilt.orders(), run.world.state.orders());
        prop_assert_eq!(rebuilt.halt(), run.world.state.halt());
        for instrument in 0..2 {
            prop_assert_eq!(held(&rebuilt, instrument), held(&run.world.state, instrument));
        }
    }

    /// A small loss is enough here, so that most accounts reach it: whatever leaves them then only reduces.
    #[test]
    fn after_a_loss_nothing_adds(acts in proptest::collection::vec(act_below_normal(), 1..160)) {
        let mut run = Run::new(small_loss_limits());
        for act in &acts {
            run.act(act);
        }
    }

    #[test]
    fn flattening_ends_with_nothing_held(
        acts in proptest::collection::vec(act(), 1..100),
        limits in prop::sample::select(vec![no_loss_limits(), small_loss_limits()]),
    ) {
        let mut run = Run::new(limits);
        for act in &acts {
            run.act(act);
        }
        flatten(&mut run);
        assert_flat(&mut run);
    }

    /// The process may end at any entry after the step.
    #[test]
    fn flattening_goes_on_after_a_restart(
        acts in proptest::collection::vec(act(), 1..60),
        after in proptest::collection::vec(act(), 0..30),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut run = Run::new(no_loss_limits());
        for act in &acts {
            run.act(act);
        }
        run.act(&Act::SetRung(Rung::Flatten));
        let step = run.world.journal.len();
        let keeps_rung = |act: &&Act| !matches!(act, Act::SetRung(_));
        for act in after.iter().filter(keeps_rung) {
            run.act(act);
        }
        run.restart(cut.index(run.world.journal.len() + 1 - step) + step);
        prop_assert_eq!(run.world.state.rung(), Rung::Flatten);
        flatten(&mut run);
        assert_flat(&mut run);
    }
}

/// The laws are worth nothing if the random accounts never come where they bite.
#[test]
fn the_random_accounts_come_to_every_rung_with_something_to_lose() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<(Rung, &str), u32>::new();
    for _ in 0..200 {
        let acts =
            proptest::collection::vec(act_below_normal(), 160).new_tree(&mut runner).unwrap().current();
        let mut run = Run::new(no_loss_limits());
        for act in &acts {
            run.act(act);
            let state: &State = &run.world.state;
            let mut count = |what| *seen.entry((state.rung(), what)).or_default() += 1;
            if (0..2).any(|instrument| !held(state, instrument).is_zero()) {
                count("held");
            }
            if !state.orders().open().is_empty() {
                count("working");
            }
            if state.halt().is_some_and(|halt| halt.kind == HaltKind::FlattenFault) {
                count("given up");
            }
        }
    }
    for rung in Rung::ALL {
        assert!(seen.get(&(rung, "held")).is_some_and(|times| *times > 100), "{seen:?}");
        assert!(seen.get(&(rung, "working")).is_some_and(|times| *times > 100), "{seen:?}");
    }
    assert!(seen.get(&(Rung::Flatten, "given up")).is_some_and(|times| *times > 10), "{seen:?}");
}

#[test]
fn the_random_accounts_lose_and_close_after_it() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut reduced, mut denied) = (0, 0);
    for _ in 0..200 {
        let acts =
            proptest::collection::vec(act_below_normal(), 160).new_tree(&mut runner).unwrap().current();
        let mut run = Run::new(small_loss_limits());
        acts.iter().for_each(|act| run.act(act));
        let mut halted = false;
        for entry in &run.world.journal {
            match &entry.record {
                Record::Halted { kind, .. } => halted = kind.admits_reducing(),
                Record::Resumed { .. } => halted = false,
                Record::Submitted { .. } if halted => reduced += 1,
                Record::Denied { reason: Reason::Halted(_), .. } if halted => denied += 1,
                _ => {}
            }
        }
    }
    assert!(reduced > 20 && denied > 100, "{reduced} reduced, {denied} denied");
}

#[test]
fn a_snapshot_remembers_how_far_the_closing_has_come() {
    let (mut world, id) = World::bought(2);
    let fill =
        world.fill(id, domain::Side::Buy, InstrumentId(0), Price::from_units(100), Quantity::from_units(2));
    world.report(id, OrderEvent::Filled(fill));
    world.control(&flattened());
    world.report(domain::OrderId(2), OrderEvent::Rejected);
    let bytes = postcard::to_stdvec(&world.state).unwrap();
    let thawed: State = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(thawed.standing(), world.state.standing());
    assert_eq!(thawed.flattening(), world.state.flattening());
    assert_ne!(thawed.flattening(), State::open(&super::world::opening(limits()), world.now).flattening());
}
