//! The ladder against a plain model that keeps all of history, and the operator's pins by example.

use domain::{Span, Timestamp};
use proptest::prelude::*;

use super::{Ladder, LadderConfig, Step};
use crate::LimitFault;
use crate::ladder::{Hold, Pin, PinRefused, Rung};

const PATIENCE: i64 = 10;
const PIN: i64 = 900;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_000 + seconds)
}

fn ladder(rung: Rung) -> Ladder {
    Ladder::new(LadderConfig::specified(), rung, None)
}

fn pin(rung: Rung, accept_risk: bool) -> Pin {
    Pin { rung, note: "ann: looking".to_owned(), accept_risk, lasts: None }
}

fn step(from: Rung, to: Rung, cause: &str, is_override: bool) -> Step {
    Step { from, to, cause: cause.to_owned(), is_override }
}

#[test]
fn the_specified_figures_are_as_specified_and_none_may_be_zero() {
    let config = LadderConfig::specified();
    assert_eq!(config.step_up_after, Span::from_seconds(PATIENCE));
    assert_eq!(config.pin_expires_after, Span::from_seconds(PIN));
    assert_eq!(config.validate(), Ok(()));
    let faults = LadderConfig { step_up_after: Span::ZERO, pin_expires_after: Span::from_nanos(-1) };
    let fields: Vec<_> = faults.validate().unwrap_err().iter().map(LimitFault::field).collect();
    assert_eq!(fields, ["step_up_after", "pin_expires_after"]);
}

#[test]
fn down_at_once_and_up_one_at_a_time() {
    let mut ladder = ladder(Rung::Normal);
    assert_eq!(ladder.demand(at(0), Rung::Normal, "well"), None);
    let down = step(Rung::Normal, Rung::CancelAll, "feed lost", false);
    assert_eq!(ladder.demand(at(1), Rung::CancelAll, "feed lost"), Some(down));
    assert_eq!(ladder.demand(at(5), Rung::NoNewRisk, "feed slow"), None);
    assert_eq!(ladder.steps_up_at(), Some(at(15)));
    assert_eq!(
        ladder.demand(at(14), Rung::Normal, "well"),
        None,
        "better all along, but not for long enough"
    );
    let up = |from: Rung| Some(step(from, from.up(), "well", false));
    assert_eq!(ladder.demand(at(15), Rung::Normal, "well"), up(Rung::CancelAll));
    assert_eq!(ladder.demand(at(24), Rung::Normal, "well"), None);
    assert_eq!(ladder.demand(at(25), Rung::Normal, "well"), up(Rung::ReduceOnly));
    assert_eq!(ladder.demand(at(500), Rung::Normal, "well"), up(Rung::NoNewRisk));
    assert_eq!(ladder.demand(at(501), Rung::Normal, "well"), None);
    assert_eq!((ladder.rung(), ladder.steps_up_at()), (Rung::Normal, None));
}

#[test]
fn one_bad_moment_begins_the_wait_anew() {
    let mut ladder = ladder(Rung::ReduceOnly);
    assert_eq!(ladder.demand(at(0), Rung::Normal, ""), None);
    assert_eq!(ladder.demand(at(9), Rung::ReduceOnly, ""), None);
    assert_eq!(ladder.demand(at(9), Rung::Normal, ""), None);
    assert_eq!(ladder.demand(at(18), Rung::Normal, ""), None);
    assert!(ladder.demand(at(19), Rung::Normal, "").is_some());
}

#[test]
fn a_clock_that_steps_back_shortens_no_wait() {
    let mut ladder = ladder(Rung::ReduceOnly);
    assert_eq!(ladder.demand(at(100), Rung::Normal, ""), None);
    assert_eq!(ladder.demand(at(0), Rung::ReduceOnly, ""), None);
    assert_eq!(ladder.demand(at(0), Rung::Normal, ""), None);
    assert_eq!(ladder.demand(at(109), Rung::Normal, ""), None);
    assert!(ladder.demand(at(110), Rung::Normal, "").is_some());
}

#[test]
fn a_pin_for_the_worse_holds_until_it_is_lifted_and_health_may_ask_for_worse() {
    let mut ladder = ladder(Rung::Normal);
    let down = step(Rung::Normal, Rung::NoNewRisk, "ann: looking", true);
    assert_eq!(ladder.pin(at(0), pin(Rung::NoNewRisk, false)), Ok(Some(down)));
    assert_eq!(ladder.pinned().map(|pinned| (pinned.hold, pinned.until)), Some((Hold::AtLeast, None)));
    assert_eq!(ladder.demand(at(5_000), Rung::Normal, "well"), None, "it does not run out");
    let worse = step(Rung::NoNewRisk, Rung::Flatten, "feed lost", false);
    assert_eq!(ladder.demand(at(5_001), Rung::Flatten, "feed lost"), Some(worse));
    for second in 5_002..5_100 {
        drop(ladder.demand(at(second), Rung::Normal, "well"));
    }
    assert_eq!(ladder.rung(), Rung::NoNewRisk, "up to the pin and no farther");
    assert_eq!(ladder.unpin(at(5_100), "bob"), None);
    assert_eq!(ladder.pinned(), None);
    assert_eq!(ladder.demand(at(5_109), Rung::Normal, "well"), None);
    assert!(ladder.demand(at(5_110), Rung::Normal, "well").is_some());
}

#[test]
fn a_pin_for_the_better_wants_the_risk_accepted_and_runs_out_aloud() {
    let mut ladder = ladder(Rung::Normal);
    assert!(ladder.demand(at(0), Rung::Flatten, "database gone").is_some());
    let refused = PinRefused::RiskNotAccepted { demanded: Rung::Flatten, asked: Rung::ReduceOnly };
    assert_eq!(ladder.pin(at(1), pin(Rung::ReduceOnly, false)), Err(refused));
    assert_eq!((ladder.rung(), ladder.pinned()), (Rung::Flatten, None));
    let up = step(Rung::Flatten, Rung::ReduceOnly, "ann: looking", true);
    assert_eq!(ladder.pin(at(1), pin(Rung::ReduceOnly, true)), Ok(Some(up)));
    let until = Some(at(1 + PIN));
    assert_eq!(ladder.pinned().map(|pinned| (pinned.hold, pinned.until)), Some((Hold::Exactly, until)));
    assert_eq!(ladder.demand(at(PIN), Rung::Flatten, "database gone"), None);
    let cause = "the pin to reducing only ran out (ann: looking); database gone";
    let down = step(Rung::ReduceOnly, Rung::Flatten, cause, true);
    assert_eq!(ladder.demand(at(1 + PIN), Rung::Flatten, "database gone"), Some(down));
    assert_eq!(ladder.pinned(), None);
}

#[test]
fn a_pin_that_runs_out_where_health_agrees_is_told_too() {
    let mut ladder = ladder(Rung::Normal);
    assert!(ladder.demand(at(0), Rung::Flatten, "").is_some());
    assert!(ladder.pin(at(0), pin(Rung::NoNewRisk, true)).unwrap().is_some());
    let cause = "the pin to no new risk ran out (ann: looking)";
    let told = step(Rung::NoNewRisk, Rung::NoNewRisk, cause, true);
    assert_eq!(ladder.demand(at(PIN), Rung::Normal, ""), Some(told));
    assert_eq!(ladder.demand(at(PIN + 9), Rung::Normal, ""), None);
    assert!(ladder.demand(at(PIN + 10), Rung::Normal, "").is_some());
}

#[test]
fn a_pin_may_say_how_long_it_holds() {
    for (rung, accept_risk) in [(Rung::Flatten, false), (Rung::Normal, true)] {
        let mut ladder = ladder(Rung::NoNewRisk);
        let lasts = Some(Span::from_seconds(60));
        assert!(ladder.pin(at(0), Pin { lasts, ..pin(rung, accept_risk) }).unwrap().is_some());
        assert_eq!(ladder.demand(at(59), Rung::NoNewRisk, ""), None);
        let told = ladder.demand(at(60), Rung::NoNewRisk, "").unwrap();
        assert!(told.is_override && told.cause.contains("ran out"), "{told:?}");
        assert_eq!((ladder.pinned(), ladder.rung()), (None, rung.max(Rung::NoNewRisk)));
    }
}

#[test]
fn a_pin_to_where_the_account_stands_holds_it_there() {
    let mut ladder = ladder(Rung::NoNewRisk);
    assert_eq!(ladder.demand(at(0), Rung::Normal, ""), None);
    assert_eq!(ladder.pin(at(9), pin(Rung::NoNewRisk, false)), Ok(None));
    assert_eq!(ladder.demand(at(50), Rung::Normal, ""), None);
}

#[test]
fn lifting_a_pin_for_the_better_goes_down_at_once() {
    let mut ladder = ladder(Rung::Normal);
    assert!(ladder.demand(at(0), Rung::CancelAll, "").is_some());
    assert!(ladder.pin(at(1), pin(Rung::Normal, true)).unwrap().is_some());
    let down = step(Rung::Normal, Rung::CancelAll, "bob: enough", true);
    assert_eq!(ladder.unpin(at(2), "bob: enough"), Some(down));
    assert_eq!(ladder.unpin(at(3), "bob: enough"), None);
}

#[test]
fn a_pin_is_kept_over_a_restart() {
    let mut before = ladder(Rung::Normal);
    assert!(before.demand(at(0), Rung::Flatten, "").is_some());
    assert!(before.pin(at(0), pin(Rung::NoNewRisk, true)).unwrap().is_some());
    let kept = serde_json::to_string(before.pinned().unwrap()).unwrap();
    let kept = serde_json::from_str(&kept).unwrap();
    let mut after = Ladder::new(LadderConfig::specified(), before.rung(), Some(kept));
    assert_eq!(after.demand(at(PIN - 1), Rung::Flatten, ""), None);
    assert_eq!(after.demand(at(PIN), Rung::Flatten, "").unwrap().to, Rung::Flatten);
}

/// What happened, oldest first, and the plainest reading of the rules over it.
struct Model {
    rung: Rung,
    /// When, and what health asked for.
    demands: Vec<(i64, Rung)>,
    stepped: i64,
}

impl Model {
    /// Better for all of the patience: no demand since its beginning was as bad as where we stand, nor was one
    /// the last word before it, and nothing stepped since.
    fn was_better(&self, now: i64) -> bool {
        let begin = now - PATIENCE;
        let within = self.demands.iter().filter(|(time, _)| *time > begin).map(|(_, rung)| *rung);
        let before = self.demands.iter().rev().find(|(time, _)| *time <= begin).map(|(_, rung)| *rung);
        before.is_some_and(|rung| rung < self.rung)
            && within.into_iter().all(|rung| rung < self.rung)
            && self.stepped <= begin
    }

    fn demand(&mut self, now: i64, rung: Rung) {
        self.demands.push((now, rung));
        if rung > self.rung {
            (self.rung, self.stepped) = (rung, now);
        } else if self.was_better(now) {
            (self.rung, self.stepped) = (self.rung.up(), now);
        }
    }
}

fn rungs() -> impl proptest::strategy::Strategy<Value = Rung> {
    prop::sample::select(Rung::ALL.to_vec())
}

fn demands() -> impl proptest::strategy::Strategy<Value = Vec<(i64, Rung)>> {
    let pause = prop_oneof![4 => 0..4i64, 1 => 4..40i64];
    // Runs of the same demand, so that there is something to climb for.
    let runs = prop::collection::vec((rungs(), prop::collection::vec(pause, 1..12)), 1..25);
    runs.prop_map(|runs| {
        let mut now = 0;
        let spread = |(rung, pauses): (Rung, Vec<i64>)| {
            pauses.into_iter().map(move |pause| (pause, rung)).collect::<Vec<_>>()
        };
        let flat = runs.into_iter().flat_map(spread);
        flat.map(|(pause, rung)| {
            now += pause;
            (now, rung)
        })
        .collect()
    })
}

#[derive(Debug, Clone)]
enum Act {
    Demand(Rung),
    Pin { rung: Rung, accept_risk: bool, lasts: Option<i64> },
    Unpin,
}

fn acts() -> impl proptest::strategy::Strategy<Value = Vec<(i64, Act)>> {
    let act = prop_oneof![
        8 => rungs().prop_map(Act::Demand),
        1 => (rungs(), any::<bool>(), prop::option::of(1..200i64))
            .prop_map(|(rung, accept_risk, lasts)| Act::Pin { rung, accept_risk, lasts }),
        1 => Just(Act::Unpin),
    ];
    prop::collection::vec((prop_oneof![6 => 0..6i64, 1 => 0..1_000i64], act), 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_ladder_does_what_the_model_does(start in rungs(), demands in demands()) {
        let mut ladder = ladder(start);
        let mut model = Model { rung: start, demands: vec![], stepped: i64::MIN };
        for (now, rung) in demands {
            let before = model.rung;
            model.demand(now, rung);
            let step = ladder.demand(at(now), rung, "because");
            prop_assert_eq!(ladder.rung(), model.rung, "at {}", now);
            let expected = (before != model.rung).then(|| super::tests::step(before, model.rung, "because", false));
            prop_assert_eq!(step, expected);
        }
    }

    /// However health flaps: no step up comes sooner than the patience after the step before it, whichever way
    /// that went, and the account never stands better than health asks.
    #[test]
    fn flapping_is_never_followed_faster_than_the_patience(start in rungs(), demands in demands()) {
        let mut ladder = ladder(start);
        let mut last = None;
        for (now, rung) in demands {
            if let Some(step) = ladder.demand(at(now), rung, "") {
                if step.to < step.from {
                    prop_assert_eq!(step.to, step.from.up());
                    prop_assert!(last.is_none_or(|last| now - last >= PATIENCE));
                }
                last = Some(now);
            }
            prop_assert!(ladder.rung() >= rung);
        }
    }

    #[test]
    fn a_health_that_keeps_its_word_is_followed_in_the_end(
        start in rungs(), demands in demands(), wanted in rungs(),
    ) {
        let mut ladder = ladder(start);
        let mut now = 0;
        for (time, rung) in demands {
            now = time;
            drop(ladder.demand(at(now), rung, ""));
        }
        for _ in 0..=4 * PATIENCE {
            now += 1;
            drop(ladder.demand(at(now), wanted, ""));
        }
        prop_assert_eq!(ladder.rung(), wanted);
        prop_assert_eq!(ladder.demand(at(now + 1), wanted, ""), None);
    }

    /// Whatever operators do: an account stands better than health asks only under a pin at one's own risk that
    /// has not run out, every change is told, no pin runs out silently, and what is told is where it stands.
    #[test]
    fn nothing_but_an_accepted_risk_is_better_than_health(start in rungs(), acts in acts()) {
        let mut ladder = ladder(start);
        let (mut now, mut demanded, mut shown) = (0, start, start);
        // Whether a pin holds at one's own risk, and when one runs out.
        let (mut accepted, mut until) = (false, None);
        for (pause, act) in acts {
            now += pause;
            let step = match act {
                Act::Demand(rung) => {
                    demanded = rung;
                    let step = ladder.demand(at(now), rung, "");
                    if until.is_some_and(|until| now >= until) {
                        prop_assert!(step.as_ref().is_some_and(|step| step.is_override), "silently");
                        (accepted, until) = (false, None);
                    }
                    step
                }
                Act::Pin { rung, accept_risk, lasts } => {
                    let pinned = ladder.pin(at(now), Pin { lasts: lasts.map(Span::from_seconds), ..pin(rung, accept_risk) });
                    prop_assert_eq!(pinned.is_ok(), rung >= demanded || accept_risk);
                    if pinned.is_ok() {
                        prop_assert_eq!(ladder.rung(), rung);
                        accepted = rung < demanded;
                        until = lasts.or(accepted.then_some(PIN)).map(|lasts| now + lasts);
                    }
                    pinned.unwrap_or(None)
                }
                Act::Unpin => {
                    (accepted, until) = (false, None);
                    ladder.unpin(at(now), "")
                }
            };
            if let Some(step) = step {
                prop_assert_eq!(step.from, shown);
                shown = step.to;
            }
            prop_assert_eq!(ladder.rung(), shown);
            prop_assert!(accepted || ladder.rung() >= demanded);
            prop_assert_eq!(ladder.pinned().and_then(|pinned| pinned.until), until.map(at));
        }
    }
}
