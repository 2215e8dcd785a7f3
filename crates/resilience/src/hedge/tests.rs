mod latencies;
mod layer;

use std::cell::RefCell;
use std::rc::Rc;

use tokio::time::sleep;

use super::*;
use crate::failure::Kind;
use Idempotency::{Idempotent, NotIdempotent};

const MS: fn(u64) -> Duration = Duration::from_millis;

/// Late is after 100 ms.
fn hedge(extra_max: u32) -> Hedge {
    Hedge::new(HedgeConfig { after: MS(100), extra_max, ..HedgeConfig::default() }).unwrap()
}

/// What became of each call, in the order of their ends: its number, and whether it came to its end or was dropped.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<(u32, bool)>>>);

struct Entry {
    log: Log,
    number: u32,
    has_ended: bool,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.log.0.borrow_mut().push((self.number, self.has_ended));
    }
}

/// Calls that take so long and end so. Returns the answer, how long it took, and what became of each call.
async fn race(
    hedge: &Hedge,
    idempotency: Idempotency,
    plan: &[(u64, Result<u32, Kind>)],
) -> (Result<u32, Kind>, Duration, Vec<(u32, bool)>) {
    let (log, began) = (Log::default(), Instant::now());
    let operation = |number: u32| {
        let (takes, answer) = plan[usize::try_from(number).unwrap()];
        let entry = Entry { log: log.clone(), number, has_ended: false };
        async move {
            let mut entry = entry;
            // In steps, so that it is looked at in between.
            for step in (0..takes).step_by(20) {
                sleep(MS(20.min(takes - step))).await;
            }
            entry.has_ended = true;
            answer
        }
    };
    let answer = hedge.call(idempotency, operation).await;
    let log = log.0.take();
    (answer, began.elapsed(), log)
}

#[tokio::test(start_paused = true)]
async fn who_is_not_late_is_asked_once() {
    let hedge = hedge(3);
    for takes in [0, 1, 99] {
        let (answer, took, log) = race(&hedge, Idempotent, &[(takes, Ok(1))]).await;
        assert_eq!((answer, took, log), (Ok(1), MS(takes), vec![(0, true)]));
    }
    assert_eq!(hedge.snapshot().started, 0);
}

#[tokio::test(start_paused = true)]
async fn the_second_may_be_faster_and_the_first_is_dropped() {
    let hedge = hedge(1);
    let (answer, took, log) = race(&hedge, Idempotent, &[(1_000, Ok(1)), (50, Ok(2))]).await;
    assert_eq!((answer, took, log), (Ok(2), MS(150), vec![(1, true), (0, false)]));
    let HedgeSnapshot { started, won, refused, .. } = hedge.snapshot();
    assert_eq!((started, won, refused), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn the_first_may_still_be_faster_and_the_second_is_dropped() {
    let hedge = hedge(1);
    let (answer, took, log) = race(&hedge, Idempotent, &[(120, Ok(1)), (50, Ok(2))]).await;
    assert_eq!((answer, took, log), (Ok(1), MS(120), vec![(0, true), (1, false)]));
    assert_eq!((hedge.snapshot().started, hedge.snapshot().won), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_further_call_starts_each_time_it_is_late_up_to_the_most() {
    let slow = (1_000, Ok(0));
    let (answer, took, log) = race(&hedge(2), Idempotent, &[slow, slow, (250, Ok(2)), slow]).await;
    assert_eq!((answer, took), (Ok(2), MS(450)));
    assert_eq!(log.len(), 3, "never more than two beside the first");
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_done_twice_is_asked_once() {
    let (answer, took, log) = race(&hedge(1), NotIdempotent, &[(1_000, Ok(1)), (1, Ok(2))]).await;
    assert_eq!((answer, took, log), (Ok(1), MS(1_000), vec![(0, true)]));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_no_answer_while_another_is_asked() {
    let plan = [(110, Err(Kind::Transient)), (50, Ok(2))];
    assert_eq!(race(&hedge(1), Idempotent, &plan).await.0, Ok(2), "the first failed, the second did not");
    let plan = [(200, Ok(1)), (50, Err(Kind::TimedOut))];
    assert_eq!(race(&hedge(1), Idempotent, &plan).await.0, Ok(1), "the second failed, the first did not");
    let plan = [(200, Err(Kind::UnknownOutcome)), (50, Err(Kind::RateLimited { after: None }))];
    let (answer, took, _) = race(&hedge(1), Idempotent, &plan).await;
    assert_eq!((answer, took), (Err(Kind::UnknownOutcome), MS(200)), "the last word when all failed");
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_only_one_is_told_at_once() {
    let (answer, took, log) = race(&hedge(1), Idempotent, &[(50, Err(Kind::Transient))]).await;
    assert_eq!((answer, took, log), (Err(Kind::Transient), MS(50), vec![(0, true)]));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_answer() {
    let plan = [(1_000, Ok(1)), (50, Err(Kind::Rejected))];
    let (answer, took, _) = race(&hedge(1), Idempotent, &plan).await;
    assert_eq!((answer, took), (Err(Kind::Rejected), MS(150)));
}

#[tokio::test(start_paused = true)]
async fn hedges_are_tied_to_the_number_of_calls() {
    let budget = crate::retry::BudgetConfig { ratio: 0.1, reserve: 5 };
    let config = HedgeConfig { after: MS(100), budget, ..HedgeConfig::default() };
    let hedge = Hedge::new(config).unwrap();
    for _ in 0..100 {
        assert!(race(&hedge, Idempotent, &[(1_000, Ok(1)), (1_000, Ok(1))]).await.0.is_ok());
    }
    let HedgeSnapshot { started, refused, .. } = hedge.snapshot();
    assert_eq!(started + refused, 100);
    assert!((14..=15).contains(&started), "{started}");
}

#[tokio::test(start_paused = true)]
async fn late_is_learnt_from_recent_answers() {
    let config = HedgeConfig { after: MS(5_000), percentile: Some(90.0), ..HedgeConfig::default() };
    let hedge = Hedge::new(config).unwrap();
    assert_eq!(hedge.after(), MS(5_000), "nothing is known yet");
    for call in 0..100 {
        let takes = if call % 20 == 0 { 4_000 } else { 80 };
        assert!(race(&hedge, Idempotent, &[(takes, Ok(1)), (4_000, Ok(2))]).await.0.is_ok());
    }
    let after = hedge.after();
    assert!((MS(80)..MS(91)).contains(&after), "{after:?}: nineteen in twenty took 80 ms");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_race_drops_all_who_run() {
    let hedge = hedge(1);
    let never = [(1_000_000, Ok(1)); 2];
    assert!(tokio::time::timeout(MS(150), race(&hedge, Idempotent, &never)).await.is_err());
    assert_eq!(hedge.snapshot().started, 1);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let budget = crate::retry::BudgetConfig { ratio: -0.5, reserve: 1 };
    let config = HedgeConfig { after: MS(0), percentile: Some(100.0), extra_max: 0, budget };
    let faults = Hedge::new(config).unwrap_err();
    let paths: Vec<_> = faults.as_slice().iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["after_ms", "percentile", "extra_max", "budget.ratio"]);
}
