use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::world::{TENANT_A, TENANT_B, World, request, token};
use crate::model::Role;
use crate::{Config, TenantRate};

fn world() -> World {
    let tenant_rate = TenantRate { requests: 3, window: Duration::from_secs(3_600) };
    World::with(Config { tenant_rate, ..Config::specified() }, 1)
}

#[tokio::test]
async fn a_tenant_past_its_limit_waits_and_others_do_not() {
    let world = world();
    let (viewer, admin) = (token(Role::Viewer, TENANT_A), token(Role::Admin, TENANT_A));
    for left in ["2", "1", "0"] {
        let answer = world.get("/api/v1/me", &viewer).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("x-ratelimit-remaining"), left);
        assert_eq!(answer.header("ratelimit-policy"), "\"tenant\";q=3;w=3600");
    }
    let refused = world.get("/api/v1/me", &admin).await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert_eq!(refused.header("retry-after"), "1200");
    assert_eq!(refused.header("ratelimit"), "\"tenant\";r=0;t=1200");
    let other = world.get("/api/v1/me", &token(Role::Viewer, TENANT_B)).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn probes_logins_and_wrong_tokens_are_not_counted_for_anybody() {
    let world = world();
    for _ in 0..5 {
        let answer = world.ask(request(Method::GET, "/health/ready", None, None)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(world.get("/api/v1/me", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(world.get("/api/v1/me", &token(Role::Viewer, TENANT_A)).await.status, StatusCode::OK);
}
