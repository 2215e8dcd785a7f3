use axum::http::{Method, StatusCode};
use domain::{InstrumentId, OrderKind, OrderRequest, Price, Quantity, Side, TimeInForce};
use serde_json::{Value, json};

use super::world::{ACCOUNT_A, TENANT_A, World, request, token};
use crate::model::Role;

fn path(rest: &str) -> String {
    format!("/api/v1/accounts/{ACCOUNT_A}/{rest}")
}

async fn ids(world: &World, query: &str) -> (Vec<String>, Value) {
    let answer = world.get(&path(&format!("orders{query}")), &token(Role::Viewer, TENANT_A)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.json();
    let items = page["items"].as_array().unwrap();
    (items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect(), page["next_cursor"].clone())
}

#[tokio::test]
async fn open_orders_lead_the_first_page_newest_first() {
    let world = World::new();
    assert_eq!(ids(&world, "").await, (["5", "4", "3", "2", "1"].map(str::to_owned).to_vec(), json!("1")));
    assert_eq!(ids(&world, "?status=open").await, (["5", "4", "3"].map(str::to_owned).to_vec(), Value::Null));
    assert_eq!(ids(&world, "?status=closed").await, (["2", "1"].map(str::to_owned).to_vec(), json!("1")));
    assert_eq!(ids(&world, "?cursor=3").await.0, ["2", "1"]);
}

#[tokio::test]
async fn an_order_reaches_the_platform_as_it_was_asked() {
    let world = World::new();
    let trader = token(Role::Trader, TENANT_A);
    let limit = json!({
        "instrument_id": 3, "side": "sell", "kind": "limit", "quantity": "0.25", "limit_price": "61837.63",
        "time_in_force": "ioc",
    });
    let answer = world.post(&path("orders"), &trader, &limit).await;
    assert_eq!(
        (answer.status, answer.json()),
        (StatusCode::ACCEPTED, json!({"order_id": "9", "status": "pending"}))
    );
    let market =
        json!({"instrument_id": 3, "side": "buy", "kind": "market", "quantity": "2", "limit_price": null});
    assert_eq!(world.post(&path("orders"), &trader, &market).await.status, StatusCode::ACCEPTED);

    let quarter = Quantity::from_raw(250_000_000);
    let price = Price::from_raw(61_837_630_000_000);
    let mut first = OrderRequest::market(InstrumentId(3), Side::Sell, quarter);
    first.kind = OrderKind::Limit { price };
    first.time_in_force = TimeInForce::ImmediateOrCancel;
    let second = OrderRequest::market(InstrumentId(3), Side::Buy, Quantity::from_units(2));
    assert_eq!(*world.platform.submitted.lock().unwrap(), [first, second]);
}

#[tokio::test]
async fn a_price_goes_with_a_limit_order_and_only_with_one() {
    let world = World::new();
    let trader = token(Role::Trader, TENANT_A);
    let cases = [
        (json!({"kind": "limit"}), "limit_price"),
        (json!({"kind": "market", "limit_price": "1"}), "limit_price"),
        (json!({"kind": "market", "quantity": "0"}), "quantity"),
        (json!({"kind": "market", "quantity": "-1"}), "quantity"),
        (json!({"kind": "market", "quantity": "0.0000000001"}), "quantity"),
        (json!({"kind": "market", "time_in_force": "forever"}), "time_in_force"),
    ];
    for (part, field) in cases {
        let mut body = json!({"instrument_id": 0, "side": "buy", "quantity": "1"});
        body.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        let answer = world.post(&path("orders"), &trader, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let errors = answer.json()["errors"].clone();
        assert_eq!((errors.as_array().unwrap().len(), &errors[0]["field"]), (1, &json!(field)), "{errors}");
    }
}

#[tokio::test]
async fn a_cancel_names_an_order() {
    let world = World::new();
    let trader = token(Role::Trader, TENANT_A);
    let cancel =
        |order: &str| request(Method::DELETE, &path(&format!("orders/{order}")), Some(&trader), None);
    assert_eq!(world.ask(cancel("7")).await.status, StatusCode::ACCEPTED);
    assert_eq!(world.ask(cancel("seven")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_halt_says_who_and_why() {
    let world = World::new();
    let trader = token(Role::Trader, TENANT_A);
    let halted = world.post(&path("halt"), &trader, &json!({"reason": "too wild"})).await;
    assert_eq!((halted.status, &halted.json()["id"]), (StatusCode::OK, &json!(ACCOUNT_A)));
    assert_eq!(
        world.ask(request(Method::POST, &path("resume"), Some(&trader), None)).await.status,
        StatusCode::OK
    );
    assert_eq!(*world.platform.notes.lock().unwrap(), ["alice: too wild", "alice"]);
    let silent = world.post(&path("halt"), &trader, &json!({"reason": "  "})).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
}
