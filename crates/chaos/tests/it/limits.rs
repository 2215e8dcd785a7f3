//! What the proxy never goes beyond.

use std::time::Duration;

use chaos::{Fault, Limits, Plan};

use super::party::Party;
use super::world::{Client, StillTime, start, until};

#[tokio::test]
async fn too_many_connections_are_closed_and_counted() {
    let party = Party::echo().await;
    let limits = Limits { connections_max: 2, ..Limits::default() };
    let proxy = start(party.address, Plan { limits, ..Plan::default() });
    let mut clients = vec![Client::of(&proxy).await, Client::of(&proxy).await];
    until(proxy.control(), |counts| counts.open == 2).await;
    assert_eq!(Client::of(&proxy).await.hear_out().await, b"");
    clients.pop();
    let counts = until(proxy.control(), |counts| counts.open == 1).await;
    assert_eq!((counts.over_limit, counts.connections), (1, 3));
    let mut next = Client::of(&proxy).await;
    next.say("hello").await;
    assert_eq!(next.hear(5).await, "hello");
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_an_age() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let proxy = start(party.address, Plan::default());
    proxy.control().set(Fault::HalfOpen).unwrap();
    let mut client = Client::of(&proxy).await;
    until(proxy.control(), |counts| counts.faults_total() == 1).await;
    time.advance(Duration::from_secs(299)).await;
    assert_eq!((proxy.control().snapshot().aged_out, client.hears_nothing()), (0, true));
    time.advance(Duration::from_secs(2)).await;
    assert!(client.is_reset().await);
    let counts = until(proxy.control(), |counts| counts.open == 0).await;
    assert_eq!(counts.aged_out, 1);
}
