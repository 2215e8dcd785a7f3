use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};
use domain::Span;
use serde_json::{Value, json};

use super::world::{ACCOUNT_A, NOW, TENANT_A, World, request, token};
use crate::model::Role;
use crate::openapi_json;

const OPEN: [&str; 10] = [
    "/api/v1/login",
    "/api/v1/stream",
    "/health",
    "/health/detailed",
    "/health/live",
    "/health/metrics",
    "/health/ready",
    "/live",
    "/metrics",
    "/ready",
];

/// Every operation of the document: method, path with its places filled, and whether it says it is open.
pub(super) fn operations() -> Vec<(Method, String, bool)> {
    let document: Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            operations.push((method, path.clone(), operation["security"][0] == json!({})));
        }
    }
    operations
}

fn filled(path: &str) -> String {
    path.replace("{account_id}", &ACCOUNT_A.to_string())
        .replace("{order_id}", "1")
        .replace("{component}", "database")
        .replace("{name}", "known")
        .replace("{number}", "7")
}

#[tokio::test]
async fn every_route_but_the_open_ones_wants_a_token() {
    let world = World::new();
    let operations = operations();
    assert!(operations.len() > 20, "{operations:?}");
    for (method, path, says_open) in operations {
        let open = OPEN.contains(&path.as_str());
        assert_eq!(says_open, open, "what the document says of {path}");
        let body = matches!(method, Method::POST | Method::PUT).then(|| json!({}));
        let answer = world.ask(request(method.clone(), &filled(&path), None, body.as_ref())).await;
        if open {
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(answer.problem(), "unauthorised");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn every_route_that_is_documented_answers() {
    let world = World::new();
    let token = token(Role::Admin, TENANT_A);
    for (method, path, _) in operations() {
        let body = matches!(method, Method::POST | Method::PUT).then(|| json!({}));
        let answer = world.ask(request(method.clone(), &filled(&path), Some(&token), body.as_ref())).await;
        assert!(
            !matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
            "{method} {path}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn a_token_that_is_not_a_bearer_token_opens_nothing() {
    let world = World::new();
    let token = token(Role::Admin, TENANT_A);
    for header in [format!("Basic {token}"), token.clone(), "Bearer".to_owned(), format!("Bearer x{token}")] {
        let mut request = request(Method::GET, "/api/v1/me", None, None);
        request.headers_mut().insert("authorization", header.parse().unwrap());
        assert_eq!(world.ask(request).await.status, StatusCode::UNAUTHORIZED, "{header}");
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    let world = World::new();
    let token = token(Role::Viewer, TENANT_A);
    assert_eq!(world.get("/api/v1/me", &token).await.json()["username"], "alice");
    world.clock.set(NOW.plus(Span::from_seconds(900)));
    let answer = world.get("/api/v1/me", &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["detail"], "the token has expired");
}

#[tokio::test]
async fn a_user_who_was_removed_is_noticed_soon() {
    let world = World::new();
    let token = token(Role::Viewer, TENANT_A);
    assert_eq!(world.get("/api/v1/me", &token).await.status, StatusCode::OK);
    world.history.emptied.store(true, Ordering::SeqCst);
    for (seconds, status) in [(9, StatusCode::OK), (10, StatusCode::UNAUTHORIZED)] {
        world.clock.set(NOW.plus(Span::from_seconds(seconds)));
        assert_eq!(world.get("/api/v1/me", &token).await.status, status, "after {seconds} s");
    }
    // A store that fails afterwards does not bring the user back.
    world.history.broken.store(true, Ordering::SeqCst);
    assert_eq!(world.get("/api/v1/me", &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.history.looked_up.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn who_is_known_can_halt_while_the_store_cannot_be_read() {
    let world = World::new();
    let token = token(Role::Trader, TENANT_A);
    world.get("/api/v1/me", &token).await;
    world.history.broken.store(true, Ordering::SeqCst);
    world.clock.set(NOW.plus(Span::from_seconds(600)));
    let halt = format!("/api/v1/accounts/{ACCOUNT_A}/halt");
    assert_eq!(world.post(&halt, &token, &json!({"reason": "now"})).await.status, StatusCode::OK);
}
