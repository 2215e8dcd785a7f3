//! Callers who leave give back all that they held.

use super::*;

/// Everything on, with waits of seconds everywhere.
fn everything() -> PolicyConfig {
    let half_open = BreakerConfig { half_open_wait: seconds(30), ..breaker(1, seconds(2)).unwrap() };
    PolicyConfig {
        fallback: true,
        timeout: timeout(Some(seconds(40)), Some(seconds(90))),
        shed: Some(ShedConfig::default()),
        rate: rate(3, seconds(3), seconds(10)),
        bulkhead: bulkhead(2, 5, seconds(10)),
        hedge: hedge(seconds(1)),
        retry: retry(3, seconds(4)),
        breaker: Some(half_open),
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_a_call_waits_it_can_be_left() {
    type Prepare = fn(&mut PolicyConfig);
    // Where the last of four calls to a party that hangs comes to wait.
    let cases: [(&str, Prepare); 3] = [
        ("at the rate limit", |config| config.bulkhead = bulkhead(9, 9, seconds(9))),
        ("at the bulkhead", |config| config.rate = None),
        ("in the operation", |config| (config.rate, config.bulkhead) = (None, bulkhead(9, 9, seconds(9)))),
    ];
    for (place, prepare) in cases {
        let mut config = everything();
        prepare(&mut config);
        let (policy, party) = (policy(&config), Party::default());
        let call = || policy.call(Idempotent, |_| party.hangs());
        let four = async { tokio::join!(call(), call(), call(), call()) };
        assert!(tokio::time::timeout(ms(500), four).await.is_err(), "{place}");
        assert_empty(&policy);
        assert_eq!((party.inside.load(Ordering::SeqCst), policy.snapshot().cancelled), (0, 4), "{place}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_can_be_left_between_tries() {
    let config = PolicyConfig { breaker: None, ..everything() };
    let (policy, party) = (policy(&config), Party::default());
    let call = policy.call(Idempotent, |_| party.fails(Kind::Transient));
    assert!(tokio::time::timeout(ms(1_500), call).await.is_err());
    assert_empty(&policy);
    assert_eq!(party.asked(), 2, "and a hedge had begun");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_left_gives_its_slot_to_one_who_waits() {
    let (policy, party) = (policy(&everything()), Party::default());
    assert!(policy.call(NotIdempotent, |_| party.fails(Kind::TimedOut)).await.is_err());
    sleep(seconds(2)).await;
    let probe = tokio::time::timeout(seconds(5), policy.call(NotIdempotent, |_| party.hangs()));
    let waits = async {
        sleep(ms(1)).await;
        timed(policy.call(NotIdempotent, |_| party.fine())).await
    };
    let (probe, (waited, took)) = tokio::join!(probe, waits);
    assert!(probe.is_err());
    assert_eq!((waited, took), (Ok(1), ms(4_999)), "it came in when the first left");
    assert_eq!(policy.state(), crate::breaker::State::Closed);
    assert_empty(&policy);
}

#[tokio::test(start_paused = true)]
async fn a_panic_gives_everything_back() {
    let policy = policy(&everything());
    let twin = policy.clone();
    let call = async move { twin.call(Idempotent, |_| async { panic!("a bug") }).await };
    let outcome: Result<Outcome, _> = tokio::spawn(call).await;
    assert!(outcome.is_err());
    assert_empty(&policy);
}
