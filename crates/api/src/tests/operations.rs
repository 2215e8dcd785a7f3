use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::operator::INSIDE;
use super::world::{ACCOUNT_A, ACCOUNT_B, TENANT_A, World, request, token};
use crate::CommandError;
use crate::model::Role;
use crate::openapi_json;

fn admin() -> String {
    token(Role::Admin, TENANT_A)
}

#[tokio::test]
async fn operations_are_for_administrators_alone() {
    let world = World::new();
    let document: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/operations/") {
            continue;
        }
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{name}", "known").replace("{component}", "database");
            let path = path.replace("{number}", "7");
            for role in [Role::Viewer, Role::Trader] {
                let answer =
                    world.send(method.clone(), &path, &token(role, TENANT_A), Some(&json!({}))).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} as {role:?}");
            }
            let answer = world.send(method.clone(), &path, &admin(), Some(&json!({}))).await;
            assert_ne!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
            seen += 1;
        }
    }
    assert_eq!(seen, 18);
}

#[tokio::test]
async fn health_in_detail_shows_names_to_all_and_the_inside_to_operators() {
    let world = World::new();
    let open = world.ask(request(Method::GET, "/health/detailed", None, None)).await;
    assert_eq!(
        open.json(),
        json!({"status": "healthy", "version": "0.1.0",
               "components": [{"name": "database", "status": "healthy"}]})
    );
    for role in [Role::Viewer, Role::Trader] {
        let mine = world.get("/health/detailed", &token(role, TENANT_A)).await;
        assert_eq!(mine.json(), open.json(), "accounts of others are named inside");
    }
    let detail = world.get("/health/detailed", &token(Role::Admin, TENANT_A)).await;
    assert_eq!(detail.json()["detail"]["components"][0]["message"], INSIDE);
    assert_eq!(world.get("/health/detailed", "wrong").await.status, StatusCode::UNAUTHORIZED);
    world.operations.unhealthy.store(true, Ordering::SeqCst);
    for path in ["/health/detailed", "/health", "/ready", "/live", "/health/ready"] {
        let answer = world.ask(request(Method::GET, path, None, None)).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("10.0.0.7"), "{path}");
    }
    let unhealthy = world.ask(request(Method::GET, "/health/detailed", None, None)).await;
    assert_eq!(unhealthy.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn metrics_are_text_for_all_and_json_for_whoever_is_signed_in() {
    let world = World::new();
    for path in ["/metrics", "/health/metrics"] {
        let answer = world.ask(request(Method::GET, path, None, None)).await;
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &b"up 1\n"[..]), "{path}");
    }
    let answer = world.get("/api/v1/metrics", &token(Role::Viewer, TENANT_A)).await;
    assert_eq!(answer.json(), json!({"process": {"up": 1}}));
}

#[tokio::test]
async fn what_an_administrator_asks_for_reaches_the_program_with_their_name() {
    let world = World::new();
    let base = "/api/v1/operations";
    let asked = [
        (Method::POST, "policies/known/breaker", json!({"action": "reset", "reason": "it is well"})),
        (Method::PUT, "flags/known", json!({"enabled": false, "percent": 5})),
        (Method::DELETE, "flags/known", json!({})),
        (Method::POST, "alerts/known/silence", json!({"minutes": 60, "reason": "known"})),
        (Method::DELETE, "alerts/known/silence", json!({})),
    ];
    for (method, path, body) in asked {
        let answer = world.send(method.clone(), &format!("{base}/{path}"), &admin(), Some(&body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{method} {path}");
    }
    let changes = world.operations.changes.lock().unwrap().clone();
    assert_eq!(
        changes,
        [
            "Reset by alice: it is well",
            "flag Some(false) Some(5) by alice",
            "flag dropped by alice",
            "silent for 60 by alice: known",
            "told again by alice",
        ]
    );
    let reloaded = world.post(&format!("{base}/configuration/reload"), &admin(), &json!({})).await;
    assert_eq!(reloaded.json()["faults"][0], "asked by alice");
}

#[tokio::test]
async fn dead_letters_are_listed_read_replayed_and_discarded() {
    let world = World::new();
    let base = "/api/v1/operations/dead-letters";
    let page = world.get(&format!("{base}?limit=1"), &admin()).await.json();
    assert_eq!((&page["items"][0]["number"], &page["next_cursor"]), (&json!(7), &json!("next")));
    let end = world.get(&format!("{base}?cursor=next"), &admin()).await.json();
    assert_eq!(end, json!({"items": [], "next_cursor": null}));
    let odd = world.get(&format!("{base}?cursor=odd"), &admin()).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(odd.json()["errors"][0]["field"], "cursor");
    let one = world.get(&format!("{base}/7"), &admin()).await.json();
    assert_eq!((&one["item"]["trade"]["id"], &one["attempts"]), (&json!(1), &json!(3)));
    for number in ["1", "x", "-7"] {
        let missing = world.get(&format!("{base}/{number}"), &admin()).await;
        assert_eq!((missing.status, missing.problem().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    }
    let replayed = world.post(&format!("{base}/7/replay"), &admin(), &json!({})).await;
    assert_eq!(replayed.json(), json!({"number": 7, "done": "replayed"}));
    let again = world.post(&format!("{base}/8/replay"), &admin(), &json!({})).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "refused"));
    assert!(again.json()["detail"].as_str().unwrap().contains("no such instrument"));
    let busy = world.post(&format!("{base}/9/replay"), &admin(), &json!({})).await;
    assert_eq!((busy.status, busy.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "busy"));
    let gone = world.send(Method::DELETE, &format!("{base}/7"), &admin(), None).await;
    assert_eq!(gone.json(), json!({"number": 7, "done": "discarded"}));
    let changes = world.operations.changes.lock().unwrap().clone();
    assert_eq!(changes, ["7 replayed by alice", "7 discarded by alice"]);
    let pipeline = world.get("/api/v1/operations/pipeline", &admin()).await.json();
    assert_eq!(pipeline["edges"][0]["streams"][0]["delivered"], 4);
}

#[tokio::test]
async fn what_cannot_be_is_said_field_by_field() {
    let world = World::new();
    let base = "/api/v1/operations";
    let asked = [
        (Method::POST, "policies/known/breaker", json!({"action": "explode", "reason": "x"}), "action"),
        (Method::POST, "policies/known/breaker", json!({"action": "open", "reason": " "}), "reason"),
        (Method::PUT, "flags/known", json!({"percent": 101}), "percent"),
        (Method::PUT, "flags/known", json!({"tenants": {"me": true}}), "tenants"),
        (Method::PUT, "flags/known", json!({"enable": true}), "enable"),
        (Method::POST, "alerts/known/silence", json!({"minutes": 0, "reason": "x"}), "minutes"),
        (Method::POST, "alerts/known/silence", json!({"minutes": 10_081, "reason": "x"}), "minutes"),
    ];
    for (method, path, body, field) in asked {
        let answer = world.send(method.clone(), &format!("{base}/{path}"), &admin(), Some(&body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{method} {path} {body}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{method} {path} {body}");
    }
    assert!(world.operations.changes.lock().unwrap().is_empty());
    let body = json!({"action": "open", "reason": "x"});
    let refused = world.post(&format!("{base}/policies/stubborn/breaker"), &admin(), &body).await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::CONFLICT, "refused"));
    for path in ["policies/none/breaker", "health/none/check"] {
        let unknown = world.post(&format!("{base}/{path}"), &admin(), &body).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn log_lines_are_asked_for_by_level_part_and_number() {
    let world = World::new();
    let path = "/api/v1/operations/log";
    let answer = world.get(&format!("{path}?limit=5&level=warn&contains=disk"), &admin()).await.json();
    assert_eq!(answer["dropped"], 3);
    let query = answer["lines"][0]["message"].as_str().unwrap().to_owned();
    assert!(query.contains("limit: 5, level: Warn, contains: Some(\"disk\")"), "{query}");
    for bad in ["limit=0", "limit=1001", "level=loud"] {
        let answer = world.get(&format!("{path}?{bad}"), &admin()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
}

#[tokio::test]
async fn a_trader_holds_an_account_on_a_rung_and_lets_go() {
    let world = World::new();
    let path = format!("/api/v1/accounts/{ACCOUNT_A}/rung");
    let trader = token(Role::Trader, TENANT_A);
    let body = json!({"rung": "reduce_only", "reason": "news"});
    let pinned = world.send(Method::PUT, &path, &trader, Some(&body)).await;
    assert_eq!((pinned.status, pinned.json()["rung"].clone()), (StatusCode::OK, json!("normal")));
    assert_eq!(world.send(Method::DELETE, &path, &trader, None).await.status, StatusCode::OK);
    assert_eq!(*world.platform.notes.lock().unwrap(), ["reducing only false alice: news", "alice"]);

    let viewer = token(Role::Viewer, TENANT_A);
    assert_eq!(world.send(Method::PUT, &path, &viewer, Some(&body)).await.status, StatusCode::FORBIDDEN);
    let others = format!("/api/v1/accounts/{ACCOUNT_B}/rung");
    assert_eq!(world.send(Method::PUT, &others, &trader, Some(&body)).await.status, StatusCode::NOT_FOUND);
    let message = "is needed: health asks for less".to_owned();
    *world.platform.refusal.lock().unwrap() = Some(CommandError::Invalid { field: "accept_risk", message });
    let refused = world.send(Method::PUT, &path, &trader, Some(&body)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["field"], "accept_risk");
}
