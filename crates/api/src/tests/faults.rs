use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::world::{ACCOUNT_A, TENANT_A, World, request, token};
use crate::model::Role;
use crate::problem::Problem;
use crate::{CommandError, Config};

fn admin() -> String {
    token(Role::Admin, TENANT_A)
}

fn orders() -> String {
    format!("/api/v1/accounts/{ACCOUNT_A}/orders")
}

async fn check(world: &World, request: Request<Body>, status: StatusCode, code: &str) -> Value {
    let answer = world.ask(request).await;
    assert_eq!((answer.status, answer.problem().as_str()), (status, code));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    answer.json()
}

#[tokio::test]
async fn an_unknown_path_of_the_api_is_a_problem() {
    let world = World::new();
    let asked = request(Method::GET, "/api/v1/nothing", None, None);
    check(&world, asked, StatusCode::NOT_FOUND, "not_found").await;
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_ones() {
    let world = World::new();
    let answer = world.ask(request(Method::DELETE, "/api/v1/login", None, None)).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
    );
    assert_eq!(answer.header("allow"), "POST");
    let asked = request(Method::POST, "/some/page", None, None);
    check(&world, asked, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").await;
}

#[tokio::test]
async fn a_body_past_the_limit_is_a_problem() {
    let world = World::new();
    let long = json!({"username": "x".repeat(70_000), "password": "y"});
    let asked = request(Method::POST, "/api/v1/login", None, Some(&long));
    check(&world, asked, StatusCode::PAYLOAD_TOO_LARGE, "too_large").await;
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_a_problem() {
    let world = World::new();
    let send = |text: &'static str, media: &'static str| {
        let mut asked = request(Method::POST, "/api/v1/login", None, None);
        asked.headers_mut().insert("content-type", media.parse().unwrap());
        *asked.body_mut() = Body::from(text);
        asked
    };
    let json = "application/json; charset=utf-8";
    let broken = send("{\"username\": ", json);
    check(&world, broken, StatusCode::BAD_REQUEST, "malformed_json").await;
    let text = send("{}", "text/plain");
    check(&world, text, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type").await;
    let list = send("[1]", json);
    check(&world, list, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request").await;
}

#[tokio::test]
async fn every_faulty_field_is_named_at_once() {
    let world = World::new();
    let body = json!({"instrument_id": -1, "side": "hold", "kind": "limit", "quantity": 5, "quanttiy": "1"});
    let asked = request(Method::POST, &orders(), Some(&admin()), Some(&body));
    let problem = check(&world, asked, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request").await;
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["instrument_id", "side", "quantity", "limit_price", "quanttiy"]);
    assert!(world.platform.submitted.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_faulty_query_names_its_field() {
    let world = World::new();
    let cases = [
        ("/api/v1/bars?instrument_id=x&rule=1m", "instrument_id"),
        ("/api/v1/bars?instrument_id=1&rule=7", "rule"),
        ("/api/v1/bars?instrument_id=1&rule=1m&limit=0", "limit"),
        ("/api/v1/bars?instrument_id=1&rule=1m&limit=1001", "limit"),
        ("/api/v1/bars?instrument_id=1&rule=1m&cursor=nonsense", "cursor"),
    ];
    for (path, field) in cases {
        let asked = request(Method::GET, path, Some(&admin()), None);
        let problem = check(&world, asked, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request").await;
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn a_panic_is_this_requests_problem_and_keeps_its_secret() {
    let world = World::new();
    world.platform.panics.store(true, Ordering::SeqCst);
    let asked = request(Method::GET, "/api/v1/overview", Some(&admin()), None);
    let problem = check(&world, asked, StatusCode::INTERNAL_SERVER_ERROR, "internal").await;
    assert!(!problem.to_string().contains("secret"));
    world.platform.panics.store(false, Ordering::SeqCst);
    assert_eq!(world.get("/api/v1/overview", &admin()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_store_says_stays_inside() {
    let world = World::new();
    let asked = request(Method::GET, "/api/v1/spreads", Some(&admin()), None);
    let problem = check(&world, asked, StatusCode::INTERNAL_SERVER_ERROR, "internal").await;
    assert!(!problem.to_string().contains("secret"));
}

#[tokio::test]
async fn a_denial_says_the_limit_and_the_figure() {
    let world = World::new();
    let detail = "the order asks for 20000,\nmore than the 10000 allowed".to_owned();
    *world.platform.refusal.lock().unwrap() = Some(CommandError::Denied { code: "order_too_large", detail });
    let body = json!({"instrument_id": 0, "side": "buy", "kind": "market", "quantity": "20000"});
    let asked = request(Method::POST, &orders(), Some(&admin()), Some(&body));
    let problem = check(&world, asked, StatusCode::UNPROCESSABLE_ENTITY, "risk_denied").await;
    let detail = "the order asks for 20000, more than the 10000 allowed (order_too_large)";
    assert_eq!(problem["detail"], detail);
    assert!(problem.get("errors").is_none());
}

#[tokio::test]
async fn a_cell_that_is_stopped_or_busy_is_a_503() {
    let world = World::new();
    let path = format!("/api/v1/accounts/{ACCOUNT_A}/resume");
    let stopped = CommandError::Stopped { detail: "its journal cannot be read".to_owned() };
    // What was stopped may have been under way.
    for (refusal, code, retryable) in [(stopped, "stopped", false), (CommandError::Busy, "busy", true)] {
        *world.platform.refusal.lock().unwrap() = Some(refusal);
        let asked = request(Method::POST, &path, Some(&admin()), None);
        let problem = check(&world, asked, StatusCode::SERVICE_UNAVAILABLE, code).await;
        let about = [&problem["category"], &problem["severity"], &problem["retryable"]];
        assert_eq!(about, [&json!("capacity"), &json!("medium"), &json!(retryable)], "{problem}");
    }
}

#[tokio::test]
async fn past_the_limit_of_requests_only_probes_are_answered() {
    let world = World::with(Config { requests_max: 0, ..Config::specified() }, 1);
    let answer = world.get("/api/v1/me", &admin()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "busy"));
    assert_eq!(answer.header("retry-after"), "1");
    for path in ["/health", "/health/live", "/health/ready", "/live", "/ready", "/metrics"] {
        assert_eq!(world.get(path, "none").await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let config =
        Config { request_timeout: Duration::from_millis(20), password_checks_max: 0, ..Config::specified() };
    let world = World::with(config, 1);
    let body = json!({"username": "alice", "password": "any"});
    let asked = request(Method::POST, "/api/v1/login", None, Some(&body));
    let problem = check(&world, asked, StatusCode::REQUEST_TIMEOUT, "timed_out").await;
    assert_eq!(problem["retryable"], false, "nobody knows what it did");
}

#[test]
fn what_only_reads_may_be_asked_again_after_it_ran_out_of_time() {
    let late = Problem::of_status(StatusCode::REQUEST_TIMEOUT);
    let limited = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many");
    for (problem, reading, changing) in [
        (late, true, false),
        (limited, true, true),
        (Problem::busy("full"), true, true),
        (Problem::internal(), false, false),
        (Problem::refused("halted"), false, false),
        (Problem::not_found("order"), false, false),
    ] {
        assert_eq!(
            (problem.is_retryable(true), problem.is_retryable(false)),
            (reading, changing),
            "{problem:?}"
        );
    }
}
