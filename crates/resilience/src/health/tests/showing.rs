//! The two views.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{BEGAN_MS, depending, health, observe, put, put_as, required, supporting};
use crate::health::Status::{Healthy, Unhealthy};
use crate::health::{Component, Health, Mode, Observation, Status};

#[test]
fn the_public_view_is_names_and_states() {
    let health = health();
    put_as(&health, required("database"), Unhealthy);
    put_as(&health, depending(supporting("writer"), &["database"]), Healthy);
    let expected = json!({
        "status": "unhealthy",
        "is_ready": false,
        "missing": ["database"],
        "components": [
            { "name": "database", "status": "unhealthy" },
            { "name": "writer", "status": "degraded" },
        ],
    });
    assert_eq!(serde_json::to_value(health.public()).unwrap(), expected);
}

#[test]
fn one_that_is_not_public_counts_but_is_not_listed() {
    let health = health();
    put_as(&health, Component { is_public: false, ..required("account:acme") }, Unhealthy);
    let public = health.public();
    assert_eq!((public.status, public.is_ready), (Unhealthy, false));
    assert!(!serde_json::to_string(&public).unwrap().contains("acme"));
    assert_eq!(health.ready().missing, ["account:acme"]);
}

#[tokio::test(start_paused = true)]
async fn the_detailed_view_is_everything() {
    let health = health();
    let component = Component { timeout: Duration::from_millis(1_500), ..required("database") };
    put(&health, depending(component, &["network"]));
    put_as(&health, supporting("network"), Healthy);
    observe(&health, "database", Observation::unhealthy("10.0.0.7 refused").fact("tries", 3));
    let _guard = health.degradations().enter("orders", Mode::ReadOnly, "no writes");
    let shown = serde_json::to_value(health.detailed()).unwrap();
    let database = &shown["components"][0];
    let expected = json!({
        "name": "database", "about": "about", "advice": "", "importance": "required", "gates_readiness": true,
        "is_public": true, "depends_on": ["network"], "interval_ms": 30_000, "interval_when_unwell_ms": 5_000,
        "timeout_ms": 1_500, "status": "unhealthy", "own_status": "unhealthy", "since_ms": BEGAN_MS,
        "affected_by": [], "last_check_ms": BEGAN_MS, "last_check_took_us": 0, "message": "10.0.0.7 refused",
        "facts": { "tries": "3" }, "consecutive_failures": 1, "checks": 1, "timeouts": 0, "panics": 0,
        "history": [{ "at_ms": BEGAN_MS, "from": "degraded", "to": "unhealthy", "reason": "10.0.0.7 refused" }],
        "uptime_share": null,
    });
    assert_eq!(database, &expected);
    let degradation = json!([{
        "component": "orders", "mode": "read_only", "since_ms": BEGAN_MS, "words": "no writes", "holders": 1,
    }]);
    assert_eq!(shown["degradations"], degradation);
    assert_eq!(shown["readiness"], json!({ "is_ready": false, "missing": ["database"] }));
    assert_eq!(shown["overall"]["reasons"][0]["words"], "10.0.0.7 refused");
}

/// Every text in it, names of fields apart.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn with_secrets(secrets: &[String; 4], statuses: (Status, Status)) -> Health {
    let [about, message, fact, words] = secrets;
    let health = health();
    put(&health, Component { about: about.clone(), ..required("database") });
    put(&health, depending(supporting("writer"), &["database"]));
    observe(&health, "database", Observation::new(statuses.0, message).fact("address", fact));
    observe(&health, "writer", Observation::new(statuses.1, format!("{message}{fact}")));
    health.degradations().enter(words, Mode::Halted, words).keep();
    health
}

proptest! {
    /// Whatever checks say, the public view holds nothing but names of components and of states.
    #[test]
    fn the_public_view_leaks_nothing(
        secrets in prop::array::uniform4(".{0,12}[0-9]{1,3}\\.[0-9]{1,3}:[0-9]{4}.{0,12}"),
        (one, other) in (0_usize..3, 0_usize..3),
    ) {
        let health = with_secrets(&secrets, (Status::ALL[one], Status::ALL[other]));
        let text = serde_json::to_string(&health.public()).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let allowed = ["database", "writer", "healthy", "degraded", "unhealthy"];
        for shown in texts(&value) {
            prop_assert!(allowed.contains(&shown), "{shown}");
        }
        for secret in &secrets {
            prop_assert!(!text.contains(secret.as_str()), "{text}");
            let detailed = serde_json::to_value(health.detailed()).unwrap();
            prop_assert!(texts(&detailed).iter().any(|shown| shown.contains(secret.as_str())));
        }
    }
}
