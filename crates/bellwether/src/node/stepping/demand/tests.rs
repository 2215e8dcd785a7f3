use std::collections::BTreeMap;

use super::*;
use resilience::health::Importance;

fn component(name: &str, status: Status) -> ComponentSnapshot {
    ComponentSnapshot {
        name: name.to_owned(),
        about: String::new(),
        advice: String::new(),
        importance: Importance::Required,
        gates_readiness: true,
        is_public: true,
        depends_on: Vec::new(),
        interval_ms: 1,
        interval_when_unwell_ms: 1,
        timeout_ms: 1,
        status,
        own_status: status,
        since_ms: 0,
        affected_by: Vec::new(),
        last_check_ms: None,
        last_check_took_us: None,
        message: None,
        facts: BTreeMap::new(),
        consecutive_failures: 0,
        checks: 1,
        timeouts: 0,
        panics: 0,
        history: Vec::new(),
        uptime_share: None,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn specified() -> Demands {
    Demands::new(crate::config::Ladder::default().rules)
}

#[test]
fn all_well_asks_for_nothing() {
    let components = [component("database", Status::Degraded), component("feed:north", Status::Healthy)];
    assert_eq!(specified().of(&components, at(0)), (Rung::Normal, String::new()));
}

#[test]
fn a_database_that_stays_away_steps_down_twice() {
    let demands = specified();
    let down = [component("database", Status::Unhealthy)];
    for (second, rung) in
        [(0, Rung::NoNewRisk), (29, Rung::NoNewRisk), (30, Rung::ReduceOnly), (300, Rung::ReduceOnly)]
    {
        let asked = demands.of(&down, at(second));
        assert_eq!(asked, (rung, "database is unhealthy".to_owned()), "after {second} s");
    }
    assert_eq!(demands.of(&[component("database", Status::Healthy)], at(301)).0, Rung::Normal);
    assert_eq!(demands.of(&down, at(302)).0, Rung::NoNewRisk, "the wait begins anew");
}

#[test]
fn rows_that_do_not_arrive_ask_for_what_a_database_that_is_away_does() {
    let demands = specified();
    let fails = [component("database", Status::Healthy), component("storing", Status::Unhealthy)];
    for (millis, rung) in [
        (0, Rung::Normal),
        (1_999, Rung::Normal),
        (2_000, Rung::NoNewRisk),
        (29_999, Rung::NoNewRisk),
        (30_000, Rung::ReduceOnly),
    ] {
        assert_eq!(demands.of(&fails, Timestamp::from_millis(millis)).0, rung, "after {millis} ms");
    }
    assert_eq!(demands.of(&fails, at(31)).1, "storing is unhealthy");
}

#[test]
fn one_write_that_the_next_try_makes_good_asks_for_nothing() {
    let demands = specified();
    let lost = component("storing", Status::Degraded);
    for (millis, status) in [(0, Status::Unhealthy), (1_000, Status::Healthy), (2_500, Status::Unhealthy)] {
        let rung = demands.of(&[component("storing", status)], Timestamp::from_millis(millis)).0;
        assert_eq!(rung, Rung::Normal, "at {millis} ms");
    }
    assert_eq!(demands.of(&[lost], at(600)).0, Rung::Normal, "what was lost once does not stop trading");
}

#[test]
fn the_database_is_named_where_both_it_and_the_rows_are_away() {
    let demands = specified();
    let away = [component("database", Status::Unhealthy), component("storing", Status::Unhealthy)];
    for second in [0, 10, 40] {
        assert_eq!(demands.of(&away, at(second)).1, "database is unhealthy", "after {second} s");
    }
}

#[test]
fn the_worst_of_all_rules_counts_and_a_star_means_all_that_begin_so() {
    let demands = specified();
    let both = [component("database", Status::Unhealthy), component("feed:north", Status::Unhealthy)];
    assert_eq!(demands.of(&both, at(0)).0, Rung::NoNewRisk);
    assert_eq!(demands.of(&both, at(30)), (Rung::CancelAll, "feed:north is unhealthy".to_owned()));
    assert_eq!(demands.of(&[component("feed", Status::Unhealthy)], at(60)).0, Rung::Normal);
}

#[test]
fn what_was_not_checked_yet_says_nothing() {
    let new = ComponentSnapshot { checks: 0, ..component("database", Status::Unhealthy) };
    assert_eq!(specified().of(&[new], at(0)).0, Rung::Normal);
}

#[test]
fn other_rules_count_from_when_they_are_set() {
    let demands = specified();
    let down = [component("database", Status::Unhealthy)];
    demands.of(&down, at(0));
    demands.set_rules(vec![LadderRule {
        component: "data*".to_owned(),
        status: LadderStatus::Degraded,
        for_ms: 5_000,
        rung: Rung::Flatten,
    }]);
    assert_eq!(demands.of(&down, at(100)).0, Rung::Normal);
    assert_eq!(demands.of(&down, at(105)).0, Rung::Flatten);
}
