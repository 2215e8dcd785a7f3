//! The longest call is known however it ended.

use super::*;

fn longest(policy: &Policy) -> Duration {
    Duration::from_secs_f64(policy.snapshot().longest_ms / 1e3)
}

#[tokio::test(start_paused = true)]
async fn it_counts_how_long_the_caller_waited_whatever_came_of_it() {
    let config = PolicyConfig {
        timeout: timeout(None, Some(seconds(5))),
        bulkhead: bulkhead(1, 1, seconds(60)),
        retry: retry(2, ms(1_000)),
        ..bare()
    };
    let (policy, party) = (policy(&config), Party::default());
    assert_eq!(longest(&policy), Duration::ZERO);
    assert_eq!(policy.call(Idempotent, |_| party.answer(ms(300), Ok(1))).await, Ok(1));
    assert_eq!(longest(&policy), ms(300));
    policy.call(Idempotent, |_| party.answer(ms(300), Err(Kind::Transient))).await.unwrap_err();
    assert_eq!(longest(&policy), ms(1_100), "two tries and the wait between them");
    assert_eq!(policy.call(Idempotent, |_| party.fine()).await, Ok(1));
    assert_eq!(longest(&policy), ms(1_100), "a shorter one changes nothing");
    let leaves = policy.call(NotIdempotent, |_| party.hangs());
    assert!(tokio::time::timeout(ms(2_000), leaves).await.is_err());
    assert_eq!(longest(&policy), ms(2_000), "its caller left");
    let waits = policy.call(NotIdempotent, |_| party.fine());
    let (_, waited) = tokio::join!(policy.call(NotIdempotent, |_| party.answer(ms(3_000), Ok(1))), waits);
    assert_eq!((waited, longest(&policy)), (Ok(1), ms(3_000)), "a wait for a place counts");
    policy.call(Idempotent, |_| party.hangs()).await.unwrap_err();
    assert_eq!(longest(&policy), seconds(5), "the whole timeout bounds it");
}
