use axum::http::StatusCode;
use serde_json::json;

use super::world::{Answer, NOW, PASSWORD, World};
use crate::model::Role;

async fn login(world: &World, username: &str, password: &str) -> Answer {
    world.post("/api/v1/login", "none", &json!({"username": username, "password": password})).await
}

#[tokio::test]
async fn a_login_gives_a_token_that_opens() {
    let world = World::new();
    let answer = login(&world, "alice", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in_seconds"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(body["user"]["role"], json!(Role::Trader));
    let me = world.get("/api/v1/me", body["access_token"].as_str().unwrap()).await;
    assert_eq!(me.json(), body["user"]);
}

#[tokio::test]
async fn five_failures_close_the_door_for_a_quarter_of_an_hour() {
    let world = World::new();
    for _ in 0..5 {
        let answer = login(&world, "alice", "wrong").await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::UNAUTHORIZED, "invalid_credentials")
        );
    }
    let answer = login(&world, "ALICE", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_logins")
    );
    assert_eq!(answer.header("retry-after"), "900");
    assert_eq!(login(&world, "bob", "wrong").await.status, StatusCode::UNAUTHORIZED);

    world.clock.set(NOW.plus(domain::Span::from_seconds(900)));
    assert_eq!(login(&world, "alice", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_login_that_succeeds_wipes_the_failures() {
    let world = World::new();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(login(&world, "alice", "wrong").await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(login(&world, "alice", PASSWORD).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_store_that_fails_locks_nobody_out() {
    let world = World::new();
    for _ in 0..7 {
        let answer = login(&world, "nobody-home", "any").await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        );
    }
}

#[tokio::test]
async fn a_password_longer_than_the_hash_sees_is_refused() {
    let world = World::new();
    for password in ["x".repeat(72), "ü".repeat(40), String::new()] {
        let answer = login(&world, "alice", &password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json()["errors"][0]["field"], "password");
    }
}
