use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::guard::operations;
use super::world::{ACCOUNT_A, ACCOUNT_B, TENANT_A, TENANT_B, World, request, token};
use crate::model::Role;

fn body(method: &Method, path: &str) -> Option<Value> {
    match (method, path.rsplit('/').next()) {
        (&Method::POST, Some("orders")) => {
            Some(json!({"instrument_id": 0, "side": "buy", "kind": "market", "quantity": "1"}))
        }
        (&Method::POST, Some("halt")) => Some(json!({"reason": "test"})),
        (&Method::PUT, Some("rung")) => Some(json!({"rung": "reduce_only", "reason": "test"})),
        _ => None,
    }
}

#[tokio::test]
async fn no_route_shows_an_account_to_another_tenant() {
    let world = World::new();
    let (a, b) = (token(Role::Admin, TENANT_A), token(Role::Admin, TENANT_B));
    let of_accounts: Vec<_> =
        operations().into_iter().filter(|(_, path, _)| path.contains("{account_id}")).collect();
    assert!(of_accounts.len() >= 8, "{of_accounts:?}");
    for (method, path, _) in of_accounts {
        let body = body(&method, &path);
        let path = path.replace("{account_id}", &ACCOUNT_B.to_string()).replace("{order_id}", "1");
        let ask = |token: &str| world.ask(request(method.clone(), &path, Some(token), body.as_ref()));
        let stranger = ask(&a).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(stranger.problem(), "not_found");
        let owner = ask(&b).await;
        assert!(owner.status.is_success(), "{method} {path}: {} {:?}", owner.status, owner.body);
    }
    assert!(
        world.platform.submitted.lock().unwrap().len() == 1,
        "only the owner's order reached the platform"
    );
}

#[tokio::test]
async fn the_list_of_accounts_holds_the_own_ones_only() {
    let world = World::new();
    for (tenant, account) in [(TENANT_A, ACCOUNT_A), (TENANT_B, ACCOUNT_B)] {
        let answer = world.get("/api/v1/accounts", &token(Role::Viewer, tenant)).await.json();
        let ids: Vec<_> = answer["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [&json!(account)]);
    }
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let world = World::new();
    let viewer = token(Role::Viewer, TENANT_A);
    for (method, path, _) in operations() {
        if method == Method::GET || !path.contains("{account_id}") {
            continue;
        }
        let body = body(&method, &path);
        let path = path.replace("{account_id}", &ACCOUNT_A.to_string()).replace("{order_id}", "1");
        let answer = world.ask(request(method.clone(), &path, Some(&viewer), body.as_ref())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(answer.problem(), "forbidden");
    }
    assert!(world.platform.submitted.lock().unwrap().is_empty());
    assert!(world.platform.notes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_no_account_id_is_not_found() {
    let world = World::new();
    let answer = world.get("/api/v1/accounts/..%2f..%2fetc/fills", &token(Role::Admin, TENANT_A)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::NOT_FOUND, "not_found"));
}
