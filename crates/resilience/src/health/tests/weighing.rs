//! What components make of the whole and of readiness.

use super::world::{answer, depending, health, put, put_as, reasons, required, supporting};
use crate::health::Status::{self, Degraded, Healthy, Unhealthy};
use crate::health::{Component, Health, Importance};

fn whole(health: &Health) -> (Status, bool) {
    (health.overall().status, health.ready().is_ready)
}

#[test]
fn statuses_are_ordered_and_have_codes_and_names() {
    assert!(Healthy < Degraded && Degraded < Unhealthy);
    assert_eq!(Status::ALL.map(Status::code), [0, 1, 2]);
    assert_eq!(serde_json::to_string(&Status::ALL).unwrap(), r#"["healthy","degraded","unhealthy"]"#);
    assert_eq!(Status::ALL.map(Status::name), ["healthy", "degraded", "unhealthy"]);
    assert_eq!(serde_json::from_str::<Status>(r#""degraded""#).unwrap(), Degraded);
}

#[test]
fn without_components_the_whole_is_healthy_and_ready() {
    assert_eq!(whole(&health()), (Healthy, true));
}

#[test]
fn a_required_one_makes_the_whole_what_it_is() {
    for status in Status::ALL {
        let health = health();
        put_as(&health, Component { gates_readiness: false, ..required("database") }, status);
        assert_eq!(whole(&health), (status, status != Unhealthy));
    }
}

#[test]
fn a_supporting_one_only_degrades_the_whole() {
    for (status, expected) in [(Healthy, Healthy), (Degraded, Degraded), (Unhealthy, Degraded)] {
        let health = health();
        put_as(&health, supporting("mail"), status);
        assert_eq!(whole(&health), (expected, true));
    }
}

#[test]
fn a_supporting_one_may_gate_readiness() {
    let health = health();
    put_as(&health, Component { gates_readiness: true, ..supporting("warm-up") }, Unhealthy);
    assert_eq!(whole(&health), (Degraded, false));
    answer(&health, "warm-up", Degraded);
    assert_eq!(whole(&health), (Degraded, true));
}

#[test]
fn the_worst_decides_and_comes_first() {
    let health = health();
    put_as(&health, supporting("a"), Unhealthy);
    put_as(&health, required("b"), Unhealthy);
    put_as(&health, required("c"), Degraded);
    put_as(&health, required("d"), Healthy);
    assert_eq!(health.overall().status, Unhealthy);
    assert_eq!(reasons(&health), ["b", "a", "c"]);
    assert_eq!(health.overall().reasons[0].words, "b is unhealthy");
}

#[test]
fn what_gates_readiness_must_have_been_checked() {
    let health = health();
    put(&health, required("database"));
    put(&health, Component { gates_readiness: false, ..required("engine") });
    assert_eq!(health.ready().missing, ["database"]);
    assert_eq!(health.overall().status, Degraded);
    assert_eq!(health.overall().reasons[0].words, "not checked yet");
    answer(&health, "database", Healthy);
    answer(&health, "engine", Healthy);
    assert_eq!(whole(&health), (Healthy, true));
}

#[test]
fn adding_a_supporting_one_does_not_move_the_whole() {
    let health = health();
    put_as(&health, required("database"), Healthy);
    put(&health, Component::new("account:1", "an account", Importance::Supporting));
    assert_eq!(health.status_of("account:1"), Some(Degraded));
    assert_eq!(whole(&health), (Healthy, true));
}

#[test]
fn an_affected_one_does_not_take_readiness_by_itself() {
    let health = health();
    put_as(&health, supporting("cache"), Unhealthy);
    put_as(&health, depending(required("engine"), &["cache"]), Healthy);
    assert_eq!(whole(&health), (Degraded, true));
}

#[test]
fn one_that_leaves_takes_its_trouble_along() {
    let health = health();
    put_as(&health, required("database"), Unhealthy);
    assert_eq!(whole(&health), (Unhealthy, false));
    assert!(health.deregister("database"));
    assert_eq!(whole(&health), (Healthy, true));
}
