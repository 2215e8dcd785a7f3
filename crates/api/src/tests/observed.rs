use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use super::world::{ACCOUNT_A, TENANT_A, World, request, token};
use crate::model::Role;

#[tokio::test]
async fn a_sane_request_id_is_kept_and_another_is_replaced() {
    let world = World::new();
    let ask = async |id: &str| {
        let mut asked = request(Method::GET, "/live", None, None);
        asked.headers_mut().insert("x-request-id", id.parse().unwrap());
        world.ask(asked).await.header("x-request-id").to_owned()
    };
    assert_eq!(ask("abc-123").await, "abc-123");
    for bad in ["", "a b", "a\"b", &"x".repeat(65), "a;b"] {
        let given = ask(bad).await;
        assert_eq!(given.len(), 36, "{bad:?} became {given}");
    }
    assert_ne!(ask("").await, ask("").await);
}

#[test]
fn every_answer_is_counted_under_its_route() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let world = World::new();
            let token = token(Role::Viewer, TENANT_A);
            world.get(&format!("/api/v1/accounts/{ACCOUNT_A}/fills"), &token).await;
            world.get("/api/v1/me", "wrong").await;
            world.get("/api/v1/made/up", "wrong").await;
            let long = json!({"username": "x".repeat(70_000)});
            world.post("/api/v1/login", "none", &long).await;
        });
    });
    let text = handle.render();
    for counted in [
        r#"http_requests_total{method="GET",route="/api/v1/accounts/{account_id}/fills",status="200"} 1"#,
        r#"http_requests_total{method="GET",route="/api/v1/me",status="401"} 1"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"http_requests_total{method="POST",route="/api/v1/login",status="413"} 1"#,
        r#"http_request_seconds_count{method="GET",route="/api/v1/me"} 1"#,
    ] {
        assert!(text.contains(counted), "{counted} in\n{text}");
    }
    assert!(!text.contains("made"), "a path of the caller's became a label");
}

#[tokio::test]
async fn health_says_what_is_missing() {
    let world = World::new();
    for path in ["/health", "/health/live", "/live", "/health/ready", "/ready"] {
        let answer = world.get(path, "none").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.json(), json!({"status": "healthy", "version": "0.1.0", "missing": []}));
    }
    world.operations.unhealthy.store(true, Ordering::SeqCst);
    for path in ["/health", "/health/ready", "/ready"] {
        let answer = world.get(path, "none").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.json()["missing"][0], "database");
    }
    assert_eq!(world.get("/live", "none").await.status, StatusCode::OK);
}
