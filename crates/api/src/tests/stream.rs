use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use domain::{OrderStatus, Span, TenantId};
use serde_json::{Value, json};

use super::served::Served;
use super::wire::{Heard, Socket};
use super::world::{
    ACCOUNT_A, ACCOUNT_B, NOW, TENANT_A, TENANT_B, World, a_portfolio, a_quote, an_account, an_order, token,
};
use crate::model::Role;
use crate::{Config, Frame, Platform, StreamConfig};

const SPECIFIED: StreamConfig = Config::specified().stream;

fn served(stream: StreamConfig) -> Served {
    Served::new(Config { stream, ..Config::specified() }, 64)
}

fn authenticated(served: &Served, tenant: TenantId) -> Socket {
    let mut socket = Socket::open(served.address).unwrap();
    socket.say(&json!({"type": "authenticate", "token": token(Role::Viewer, tenant)}).to_string());
    assert_eq!(socket.hear(), Heard::Text(json!({"type": "authenticated"})));
    socket
}

fn subscribed(served: &Served, tenant: TenantId, topics: &[&str]) -> Socket {
    let mut socket = authenticated(served, tenant);
    socket.say(&json!({"type": "subscribe", "topics": topics}).to_string());
    assert_eq!(socket.hear(), Heard::Text(json!({"type": "subscribed", "topics": topics})));
    socket
}

fn push(served: &Served, frame: Frame) {
    served.world.platform.frames.send(Arc::new(frame)).unwrap();
}

fn text(socket: &mut Socket) -> Value {
    match socket.hear() {
        Heard::Text(value) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn frames_come_as_the_contract_has_them() {
    let served = served(SPECIFIED);
    let mut socket = subscribed(&served, TENANT_A, &["quotes", "accounts", "health", "orders"]);
    push(&served, Frame::quote(&a_quote()).unwrap());
    push(&served, Frame::account(TENANT_A, &an_account(ACCOUNT_A), &a_portfolio(ACCOUNT_A)).unwrap());
    push(&served, Frame::order(TENANT_A, ACCOUNT_A, &an_order(7, OrderStatus::Working)).unwrap());
    push(&served, Frame::health(&served.world.platform.overview()).unwrap());

    let quote = json!({
        "type": "quote", "instrument_id": 0, "bid": "61837.63", "bid_quantity": "1", "ask": "61838",
        "ask_quantity": "2", "time_ms": NOW.millis(), "valid": true,
    });
    assert_eq!(text(&mut socket), quote);
    let account = text(&mut socket);
    assert_eq!((&account["type"], &account["id"]), (&json!("account"), &json!(ACCOUNT_A)));
    assert_eq!(account["limits"]["price_collar_basis_points"], "500");
    assert_eq!(account["portfolio"]["equity"], "100000");
    let order = text(&mut socket);
    assert_eq!((&order["account_id"], &order["id"]), (&json!(ACCOUNT_A), &json!("7")));
    assert_eq!((&order["average_fill_price"], &order["source"]), (&Value::Null, &json!("user")));
    let health = text(&mut socket);
    assert_eq!((&health["type"], &health["status"]), (&json!("health"), &json!("healthy")));
}

#[test]
fn a_client_gets_its_topics_and_its_tenant_only() {
    let served = served(SPECIFIED);
    let mut socket = subscribed(&served, TENANT_A, &["quotes", "orders", "accounts"]);
    push(&served, Frame::order(TENANT_B, ACCOUNT_B, &an_order(1, OrderStatus::Working)).unwrap());
    push(&served, Frame::account(TENANT_B, &an_account(ACCOUNT_B), &a_portfolio(ACCOUNT_B)).unwrap());
    push(&served, Frame::health(&served.world.platform.overview()).unwrap());
    push(&served, Frame::quote(&a_quote()).unwrap());
    assert_eq!(text(&mut socket)["type"], "quote");
}

#[test]
fn a_new_subscription_replaces_the_old_one() {
    let served = served(SPECIFIED);
    let mut socket = subscribed(&served, TENANT_A, &["quotes"]);
    socket.say(r#"{"type":"subscribe","topics":["health","health","weather",7]}"#);
    assert_eq!(text(&mut socket), json!({"type": "subscribed", "topics": ["health"]}));
    push(&served, Frame::quote(&a_quote()).unwrap());
    push(&served, Frame::health(&served.world.platform.overview()).unwrap());
    assert_eq!(text(&mut socket)["type"], "health");
}

#[test]
fn who_does_not_authenticate_in_time_is_sent_away() {
    let served = served(StreamConfig { authenticate_within: Duration::from_millis(30), ..SPECIFIED });
    assert_eq!(Socket::open(served.address).unwrap().hear(), Heard::Closed(4408));
}

#[test]
fn a_first_frame_without_a_good_token_ends_the_stream() {
    let served = served(SPECIFIED);
    let said = [
        r#"{"type":"authenticate","token":"x.y.z"}"#,
        r#"{"type":"subscribe","topics":["quotes"]}"#,
        "hello",
    ];
    for text in said {
        let mut socket = Socket::open(served.address).unwrap();
        socket.say(text);
        assert_eq!(socket.hear(), Heard::Closed(4401), "{text}");
    }
}

#[test]
fn a_stream_ends_with_its_token() {
    let served = served(SPECIFIED);
    served.world.clock.set(NOW.plus(Span::from_millis(899_900)));
    let mut socket = authenticated(&served, TENANT_A);
    assert_eq!(socket.hear(), Heard::Closed(4401));
}

#[test]
fn a_frame_that_is_not_understood_ends_the_stream() {
    let served = served(SPECIFIED);
    let mut socket = authenticated(&served, TENANT_A);
    socket.say(r#"{"type":"shout"}"#);
    assert_eq!(socket.hear(), Heard::Closed(1008));
    let mut socket = authenticated(&served, TENANT_A);
    socket.say(&"x".repeat(4 * 1024 + 1));
    assert_eq!(socket.hear(), Heard::Gone);
}

#[test]
fn a_silent_client_is_given_up() {
    let served = served(StreamConfig { ping_every: Duration::from_millis(20), ..SPECIFIED });
    let mut socket = authenticated(&served, TENANT_A);
    for _ in 0..3 {
        assert_eq!(socket.hear(), Heard::Ping);
    }
    assert_eq!(socket.hear(), Heard::Closed(1008));
}

#[test]
fn a_stop_of_the_program_ends_streams_at_once() {
    let served = served(SPECIFIED);
    let mut strangers = Socket::open(served.address).unwrap();
    let mut socket = authenticated(&served, TENANT_A);
    served.world.shutdown.cancel();
    assert_eq!(socket.hear(), Heard::Closed(1001));
    assert_eq!(strangers.hear(), Heard::Closed(1001));
}

#[test]
fn one_client_too_many_is_turned_away_until_another_leaves() {
    let served = served(StreamConfig { clients_max: 1, ..SPECIFIED });
    let first = authenticated(&served, TENANT_A);
    let refusal = Socket::open(served.address).err().unwrap();
    assert!(refusal.starts_with("HTTP/1.1 503") && refusal.contains("problem+json"), "{refusal}");
    drop(first);
    assert!((0..1_000).any(|_| Socket::open(served.address).is_ok()), "the place is not given back");
}

/// A client that reads nothing fills its socket, then falls behind the channel; what it missed is counted, and
/// with what it got makes up all that was sent.
#[test]
fn a_slow_client_is_told_how_much_it_missed() {
    let served = Served::new(Config::specified(), 4);
    let mut socket = subscribed(&served, TENANT_A, &["health"]);
    let mut overview = served.world.platform.overview();
    overview.environment = "x".repeat(4 << 20);
    let frame = Arc::new(Frame::health(&overview).unwrap());
    let sent: u64 = 64;
    for _ in 0..sent {
        served.world.platform.frames.send(frame.clone()).unwrap();
    }
    let (mut got, mut dropped, mut reports) = (0, 0, 0);
    while got + dropped < sent {
        let heard = text(&mut socket);
        if heard["type"] == "lagged" {
            dropped += heard["dropped"].as_u64().unwrap();
            reports += 1;
        } else {
            got += 1;
        }
    }
    assert_eq!(got + dropped, sent);
    assert!(dropped > 0 && reports > 0 && got >= 4, "{got} got, {dropped} dropped");
}

#[tokio::test]
async fn a_plain_request_for_the_stream_is_a_problem() {
    let world = World::new();
    let answer = world.get("/api/v1/stream", "none").await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::BAD_REQUEST, "bad_request"));
}
