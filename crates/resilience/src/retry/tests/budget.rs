//! How many retries there can be.

use proptest::prelude::*;

use super::*;

#[test]
fn calls_fill_it_and_retries_empty_it() {
    let budget = Budget::new(&BudgetConfig { ratio: 0.25, reserve: 2 });
    assert_eq!((budget.withdraw(), budget.withdraw(), budget.withdraw()), (true, true, false));
    (0..3).for_each(|_| budget.deposit());
    assert!(!budget.withdraw(), "three quarters are no retry");
    budget.deposit();
    assert!(budget.withdraw());
    (0..100).for_each(|_| budget.deposit());
    assert_eq!(budget.level(), 2, "no more than the reserve is saved up");
    assert_eq!(budget.refused(), 2);
}

#[test]
fn without_a_reserve_retries_must_be_earned() {
    let budget = Budget::new(&BudgetConfig { ratio: 0.5, reserve: 0 });
    assert!(!budget.withdraw());
    budget.deposit();
    budget.deposit();
    assert!(budget.withdraw());
}

#[test]
fn what_does_not_fit_is_lost() {
    let budget = Budget::new(&BudgetConfig { ratio: 0.6, reserve: 1 });
    for _ in 0..3 {
        assert!(budget.withdraw());
        budget.deposit();
        assert!(!budget.withdraw(), "the fifth that did not fit was not kept");
        budget.deposit();
    }
}

#[test]
fn a_smaller_budget_forgets_what_was_saved() {
    let budget = Budget::new(&BudgetConfig { ratio: 1.0, reserve: 100 });
    budget.set_config(&BudgetConfig { ratio: 0.0, reserve: 1 });
    assert_eq!(budget.level(), 1);
    assert!(budget.withdraw());
    budget.deposit();
    assert!(!budget.withdraw());
}

#[test]
fn threads_get_no_more_than_there_is() {
    let budget = Budget::new(&BudgetConfig { ratio: 0.1, reserve: 50 });
    let granted: usize = std::thread::scope(|scope| {
        let work = || {
            let call = |_: &u32| {
                budget.deposit();
                budget.withdraw()
            };
            (0..10_000).filter(call).count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!((4_000..=4_050).contains(&granted), "{granted}");
}

proptest! {
    #[test]
    fn retries_are_bounded_by_calls(
        ratio in 0.0..=1.0_f64,
        reserve in 0..20_u32,
        steps in proptest::collection::vec(any::<bool>(), 0..400),
    ) {
        let budget = Budget::new(&BudgetConfig { ratio, reserve });
        let (mut calls, mut retries) = (0_u32, 0_u32);
        for is_call in steps {
            if is_call {
                calls += 1;
                budget.deposit();
            } else {
                retries += u32::from(budget.withdraw());
            }
            let most = f64::from(reserve) + (ratio + 0.0005) * f64::from(calls);
            prop_assert!(f64::from(retries) <= most + 1e-6);
        }
    }
}
