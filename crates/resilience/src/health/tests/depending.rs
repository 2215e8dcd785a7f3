//! Dependencies and root causes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::{answer, depending, health, put, put_as, reasons, required, supporting};
use crate::health::Status::{self, Degraded, Healthy, Unhealthy};
use crate::health::{Health, RegisterError};

fn affected_by(health: &Health, name: &str) -> Vec<String> {
    let components = health.snapshot().components;
    components.into_iter().find(|component| component.name == name).unwrap().affected_by
}

/// network <- database <- writer, journal
fn chain() -> Health {
    let health = health();
    put_as(&health, required("network"), Healthy);
    put_as(&health, depending(required("database"), &["network"]), Healthy);
    put_as(&health, depending(supporting("writer"), &["database"]), Healthy);
    put_as(&health, depending(supporting("journal"), &["database"]), Healthy);
    health
}

#[test]
fn what_depends_on_an_unhealthy_one_is_degraded_and_names_it() {
    let health = chain();
    answer(&health, "database", Unhealthy);
    assert_eq!(health.status_of("writer"), Some(Degraded));
    assert_eq!(affected_by(&health, "writer"), ["database"]);
    assert_eq!(health.status_of("network"), Some(Healthy));
    let overall = health.overall();
    assert_eq!(overall.reasons[1].words, "affected by `database`");
    answer(&health, "database", Healthy);
    assert_eq!(health.status_of("writer"), Some(Healthy));
    assert!(affected_by(&health, "writer").is_empty());
}

#[test]
fn a_degraded_dependency_affects_nobody() {
    let health = chain();
    answer(&health, "database", Degraded);
    assert_eq!(health.status_of("writer"), Some(Healthy));
}

#[test]
fn its_own_trouble_still_counts() {
    let health = chain();
    answer(&health, "writer", Unhealthy);
    answer(&health, "database", Unhealthy);
    assert_eq!(health.status_of("writer"), Some(Unhealthy));
    let words =
        health.overall().reasons.into_iter().find(|reason| reason.component == "writer").unwrap().words;
    assert_eq!(words, "writer is unhealthy; affected by `database`");
}

#[test]
fn the_root_cause_is_named_through_all_levels_and_comes_first() {
    let health = chain();
    answer(&health, "writer", Unhealthy);
    answer(&health, "database", Unhealthy);
    answer(&health, "network", Unhealthy);
    for name in ["database", "writer", "journal"] {
        assert_eq!(affected_by(&health, name), ["network"], "{name}");
    }
    assert_eq!(reasons(&health), ["network", "database", "writer", "journal"]);
    answer(&health, "database", Healthy);
    assert_eq!(health.status_of("journal"), Some(Degraded), "through a dependency that is well");
}

#[test]
fn a_light_root_cause_comes_before_its_heavy_consequence_and_unrelated_trouble_after() {
    let health = health();
    put_as(&health, supporting("a-minor"), Unhealthy);
    put_as(&health, supporting("z-cache"), Unhealthy);
    put_as(&health, depending(required("engine"), &["z-cache"]), Unhealthy);
    assert_eq!(reasons(&health), ["z-cache", "engine", "a-minor"]);
    assert_eq!(health.overall().status, Unhealthy);
}

#[test]
fn two_root_causes_are_both_named() {
    let health = health();
    put_as(&health, supporting("b"), Unhealthy);
    put_as(&health, supporting("a"), Unhealthy);
    put_as(&health, depending(supporting("c"), &["b", "a"]), Healthy);
    assert_eq!(affected_by(&health, "c"), ["a", "b"]);
}

#[test]
fn at_most_eight_root_causes_are_named() {
    let health = health();
    let names: Vec<_> = (0..12).map(|number| format!("{number:02}")).collect();
    for name in &names {
        put_as(&health, supporting(name), Unhealthy);
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    put_as(&health, depending(supporting("one"), &names), Healthy);
    assert_eq!(affected_by(&health, "one"), names[..8]);
}

#[test]
fn a_dependency_that_is_not_registered_is_told() {
    let health = health();
    put_as(&health, depending(required("writer"), &["database"]), Healthy);
    assert_eq!(health.status_of("writer"), Some(Degraded));
    assert_eq!(health.overall().reasons[0].words, "affected by `database` (not registered)");
    put(&health, required("database"));
    assert_eq!(health.status_of("writer"), Some(Healthy), "registered later");
    assert!(health.deregister("database"));
    assert_eq!(health.status_of("writer"), Some(Degraded), "and gone again");
}

#[test]
fn a_circle_is_refused_with_its_way() {
    let health = health();
    put(&health, depending(supporting("a"), &["b"]));
    put(&health, depending(supporting("b"), &["other", "c"]));
    let circle = health.register(depending(supporting("c"), &["d", "a"]), std::future::pending);
    let path = ["c", "a", "b", "c"].map(String::from).to_vec();
    assert_eq!(circle, Err(RegisterError::Cycle { component: "c".into(), path }));
    assert_eq!(circle.unwrap_err().to_string(), "component `c` would depend on itself: c -> a -> b -> c");
    assert_eq!(health.status_of("c"), None);
}

#[test]
fn one_that_depends_on_itself_is_refused() {
    let circle = health().register(depending(supporting("a"), &["a"]), std::future::pending);
    let path = ["a", "a"].map(String::from).to_vec();
    assert_eq!(circle, Err(RegisterError::Cycle { component: "a".into(), path }));
}

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// Who depends on whom, as a plain table.
type Table = BTreeMap<usize, BTreeSet<usize>>;

fn reachable(table: &Table, from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = table.get(&from).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(table.get(&next).into_iter().flatten());
        }
    }
    found
}

fn expected(table: &Table, own: &BTreeMap<usize, Status>, name: usize) -> Status {
    let is_bad = |below: &usize| own.get(below).is_none_or(|status| *status == Unhealthy);
    let below = if reachable(table, name).iter().any(is_bad) { Degraded } else { Healthy };
    own[&name].max(below)
}

/// Each component once, after those it depends on.
fn is_ordered(health: &Health) -> bool {
    let state = health.lock();
    let (order, entries) = (&state.roster.order, &state.roster.entries);
    let place = |name: &str| order.iter().position(|known| &**known == name);
    let is_after = |name: &str| {
        let below = entries[name].component.depends_on.iter();
        below.filter(|below| entries.contains_key(below.as_str())).all(|below| place(below) < place(name))
    };
    order.len() == entries.len() && entries.keys().all(|name| place(name).is_some() && is_after(name))
}

proptest! {
    /// Registered, gone and answering in any order: circles are refused and states are those of a plain search.
    #[test]
    fn states_follow_from_a_plain_search(
        steps in prop::collection::vec(
            (0_usize..7, prop::collection::btree_set(0_usize..7, 0..3), 0_usize..3, any::<bool>()),
            1..40,
        ),
    ) {
        let health = health();
        let (mut table, mut own) = (Table::new(), BTreeMap::new());
        for (name, below, status, is_leaving) in steps {
            let status = Status::ALL[status];
            if is_leaving {
                prop_assert_eq!(health.deregister(NAMES[name]), table.remove(&name).is_some());
                own.remove(&name);
            } else if let Some(known) = own.get_mut(&name) {
                answer(&health, NAMES[name], status);
                *known = status;
            } else {
                let names: Vec<_> = below.iter().map(|below| NAMES[*below]).collect();
                let taken = health.register(depending(supporting(NAMES[name]), &names), std::future::pending);
                table.insert(name, below);
                if reachable(&table, name).contains(&name) {
                    let is_refused = matches!(taken, Err(RegisterError::Cycle { .. }));
                    prop_assert!(is_refused);
                    table.remove(&name);
                } else {
                    prop_assert_eq!(taken, Ok(()));
                    own.insert(name, Degraded);
                }
            }
            prop_assert!(is_ordered(&health));
            for name in table.keys() {
                let status = health.status_of(NAMES[*name]);
                prop_assert_eq!(status, Some(expected(&table, &own, *name)), "{}", NAMES[*name]);
            }
        }
    }
}
