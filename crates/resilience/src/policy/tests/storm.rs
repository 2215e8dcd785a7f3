//! Ten thousand calls to a party that is down.

use tokio::task::JoinSet;

use super::*;
use crate::breaker::State;

const CALLS: u32 = 10_000;

/// Calls, one every ten milliseconds, to a party that fails while `is_down`; how many went well.
async fn storm(policy: &Policy, party: &Arc<Party>, calls: u32, is_down: bool) -> u32 {
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let (policy, party) = (policy.clone(), Arc::clone(party));
        tasks.spawn(async move {
            let answer = if is_down { Err(Kind::Transient) } else { Ok(1) };
            policy.call(Idempotent, |_| party.answer(ms(5), answer)).await.is_ok()
        });
        sleep(ms(10)).await;
    }
    tasks.join_all().await.into_iter().map(u32::from).sum()
}

fn wide(config: PolicyConfig) -> PolicyConfig {
    PolicyConfig { bulkhead: bulkhead(10_000, 10_000, seconds(10)), ..config }
}

#[tokio::test(start_paused = true)]
async fn the_budget_alone_keeps_retries_from_being_a_storm() {
    let config = wide(PolicyConfig { breaker: None, ..PolicyConfig::default() });
    let (policy, party) = (policy(&config), Arc::new(Party::default()));
    assert_eq!(storm(&policy, &party, CALLS, true).await, 0);
    let asked = party.asked();
    assert!((CALLS + CALLS / 20..=CALLS + CALLS / 5).contains(&asked), "{asked}: some retries, few retries");
    let snapshot = policy.snapshot();
    assert_eq!(u64::from(asked), u64::from(CALLS) + snapshot.retries);
    assert!(snapshot.retries_held_back["budget"] > 8_000);
}

#[tokio::test(start_paused = true)]
async fn with_hedges_as_well_it_is_no_storm() {
    let config = wide(PolicyConfig { breaker: None, hedge: hedge(ms(100)), ..PolicyConfig::default() });
    let (policy, party) = (policy(&config), Arc::new(Party::default()));
    storm(&policy, &party, CALLS, true).await;
    let asked = party.asked();
    // A hedge that begins a call of its own may have tries of its own: all of them are on the two budgets.
    assert!(asked <= CALLS + CALLS / 5 + 20, "{asked}");
}

#[tokio::test(start_paused = true)]
async fn the_breaker_leaves_the_party_alone_and_finds_out_when_it_is_back() {
    let config = PolicyConfig::default();
    let (policy, party) = (policy(&wide(config)), Arc::new(Party::default()));
    assert_eq!(storm(&policy, &party, CALLS, true).await, 0);
    let asked = party.asked();
    assert!(asked < 20, "{asked} of {CALLS}: five failures, and a probe a minute");
    assert_eq!(policy.state(), State::Open);
    // The party is back: at most a minute later all calls go through, three probes first.
    sleep(seconds(60)).await;
    assert_eq!(storm(&policy, &party, 1_000, false).await, 1_000);
    assert_eq!(policy.state(), State::Closed);
    assert_eq!(party.asked(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_party_that_hangs_holds_no_more_than_its_places() {
    let config = PolicyConfig {
        timeout: timeout(Some(seconds(1)), Some(seconds(3))),
        bulkhead: bulkhead(20, 20, ms(100)),
        breaker: None,
        ..PolicyConfig::default()
    };
    let (policy, party) = (policy(&config), Arc::new(Party::default()));
    let mut tasks = JoinSet::new();
    for _ in 0..CALLS {
        let (policy, party) = (policy.clone(), Arc::clone(&party));
        tasks.spawn(async move { timed(policy.call(Idempotent, |_| party.hangs())).await });
        sleep(ms(1)).await;
    }
    let longest = tasks.join_all().await.into_iter().map(|(_, took)| took).max().unwrap();
    assert!(longest <= seconds(3));
    assert_eq!(party.inside_max.load(Ordering::SeqCst), 20);
    assert!(party.asked() < 500);
    assert_empty(&policy);
}
