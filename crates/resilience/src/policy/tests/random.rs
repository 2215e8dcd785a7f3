//! Random calls to a random party: what must always be so.

use proptest::prelude::*;

use super::*;

/// One call: when it begins, how long the party takes, what it says, and when the caller leaves.
#[derive(Debug, Clone)]
struct Plan {
    begins: u64,
    takes: u64,
    answer: Option<Kind>,
    leaves: Option<u64>,
    is_idempotent: bool,
}

fn kinds() -> impl Strategy<Value = Option<Kind>> {
    prop_oneof![
        4 => Just(None),
        2 => Just(Some(Kind::Transient)),
        1 => Just(Some(Kind::TimedOut)),
        1 => Just(Some(Kind::UnknownOutcome)),
        1 => Just(Some(Kind::Rejected)),
        1 => (0..5_000_u64).prop_map(|after| Some(Kind::RateLimited { after: Some(ms(after)) })),
    ]
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let times = (0..5_000_u64, prop_oneof![Just(0_u64), 0..3_000_u64], proptest::option::of(0..3_000_u64));
    let plan =
        (times, kinds(), any::<bool>()).prop_map(|((begins, takes, leaves), answer, is_idempotent)| Plan {
            begins,
            takes,
            answer,
            leaves,
            is_idempotent,
        });
    proptest::collection::vec(plan, 1..25)
}

fn configs() -> impl Strategy<Value = PolicyConfig> {
    let switches = proptest::array::uniform8(any::<bool>());
    (switches, 1..4_u32, 100..4_000_u64).prop_map(|(on, few, time)| PolicyConfig {
        fallback: true,
        timeout: timeout(on[0].then_some(ms(time / 2)), on[1].then_some(ms(time))),
        shed: on[2].then_some(ShedConfig { in_flight_max: few * 4, ..ShedConfig::default() }),
        rate: rate(few * 3, seconds(1), ms(time / 3)).filter(|_| on[3]),
        bulkhead: bulkhead(few, few, ms(time / 4)).filter(|_| on[4]),
        hedge: hedge(ms(time / 5)).filter(|_| on[5]),
        retry: retry(3, ms(time / 6)).filter(|_| on[6]),
        breaker: breaker(few, ms(time)).filter(|_| on[7]),
    })
}

async fn make(policy: Policy, party: Arc<Party>, plan: Plan) {
    sleep(ms(plan.begins)).await;
    let idempotency = if plan.is_idempotent { Idempotent } else { NotIdempotent };
    let answer = plan.answer.map_or(Ok(1), Err);
    let call = timed(policy.call(idempotency, |_| party.answer(ms(plan.takes), answer)));
    let whole = policy.config().timeout.whole;
    let leaves = plan.leaves.map_or(seconds(1_000), ms);
    if let Ok((_, took)) = tokio::time::timeout(leaves, call).await {
        assert!(whole.is_none_or(|whole| took <= whole + ms(1)), "{took:?} of {whole:?}");
    }
}

fn check(config: &PolicyConfig, plans: Vec<Plan>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (policy, party) = (policy(config), Arc::new(Party::default()));
        let calls = u64::try_from(plans.len()).unwrap();
        let tasks: Vec<_> = plans
            .into_iter()
            .map(|plan| tokio::spawn(make(policy.clone(), Arc::clone(&party), plan)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_empty(&policy);
        party.asked();
        let snapshot = policy.snapshot();
        assert_eq!(snapshot.calls, calls, "each call is counted once: {snapshot:?}");
        if let Some(bulkhead) = &config.bulkhead {
            let beside = if config.hedge.is_some() { 2 } else { 1 };
            assert!(party.inside_max.load(Ordering::SeqCst) <= bulkhead.at_once_max * beside);
        }
        if config.hedge.is_none() {
            // Those who were let in, and their retries.
            let most = calls + snapshot.retries;
            assert!(u64::from(party.inside_max.load(Ordering::SeqCst)) <= most);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_call_outlives_its_time_and_nothing_is_kept(config in configs(), plans in plans()) {
        check(&config, plans);
    }
}
