//! Each fault on plain bytes.

use std::time::Duration;

use chaos::{Fault, Kind};

use super::party::Party;
use super::world::{Client, StillTime, calm, count, until, with};

#[tokio::test]
async fn without_a_fault_all_passes_and_is_counted() {
    let party = Party::echo().await;
    let proxy = calm(party.address);
    let mut client = Client::of(&proxy).await;
    let text = "x".repeat(200_000);
    let (mut reader, mut writer) = client.0.split();
    let mut heard = vec![0; text.len()];
    let (said, back) = tokio::join!(
        tokio::io::AsyncWriteExt::write_all(&mut writer, text.as_bytes()),
        tokio::io::AsyncReadExt::read_exact(&mut reader, &mut heard)
    );
    said.unwrap();
    assert_eq!((back.unwrap(), heard == text.as_bytes()), (200_000, true));
    // The client has said all: the echo ends, and with it the connection.
    tokio::io::AsyncWriteExt::shutdown(&mut client.0).await.unwrap();
    assert_eq!(client.hear_out().await, b"");
    let counts = until(proxy.control(), |counts| counts.open == 0).await;
    assert_eq!((counts.connections, counts.bytes_to_upstream, counts.bytes_to_client), (1, 200_000, 200_000));
    assert_eq!((counts.faults_total(), counts.requests), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn latency_holds_the_answer_back() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let (fixed, jitter) = (Duration::from_millis(200), Duration::from_millis(100));
    let proxy = with(party.address, Fault::Latency { fixed, jitter });
    let mut client = Client::of(&proxy).await;
    client.say("hello").await;
    until(proxy.control(), |counts| count(counts, Kind::Latency) == 1).await;
    time.advance(fixed - Duration::from_millis(1)).await;
    assert_eq!((proxy.control().snapshot().bytes_to_client, client.hears_nothing()), (0, true));
    time.advance(jitter + Duration::from_millis(2)).await;
    assert_eq!(client.hear(5).await, "hello");
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Reset { forwarded: false });
    assert!(Client::of(&proxy).await.is_reset().await);
    assert_eq!((count(&proxy.stop().await, Kind::Reset), party.connections()), (1, 0));
}

#[tokio::test]
async fn a_late_reset_comes_when_the_party_has_heard() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Reset { forwarded: true });
    let mut client = Client::of(&proxy).await;
    client.say("hello").await;
    assert!(client.is_reset().await);
    let counts = proxy.stop().await;
    assert_eq!((count(&counts, Kind::Reset), counts.bytes_to_client, party.heard()), (1, 0, 5));
}

#[tokio::test]
async fn a_half_open_connection_swallows_and_never_answers() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::HalfOpen);
    let mut client = Client::of(&proxy).await;
    client.say("x".repeat(100_000)).await;
    let counts = until(proxy.control(), |counts| count(counts, Kind::HalfOpen) == 1).await;
    assert_eq!((counts.open, counts.bytes_to_client, client.hears_nothing()), (1, 0, true));
    assert_eq!(party.connections(), 0);
    proxy.control().reset_all().await.unwrap();
    assert!(client.is_reset().await);
}

#[tokio::test]
async fn garbage_comes_instead_of_the_answer() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Garbage { bytes: 10_000, inside: false });
    let mut client = Client::of(&proxy).await;
    client.say("hello").await;
    let heard = client.hear_out().await;
    assert_eq!((heard.len(), party.heard()), (10_000, 5));
    assert!((0..=255).all(|byte| heard.contains(&byte)), "bytes of every kind");
    assert_eq!(count(&proxy.stop().await, Kind::Garbage), 1);
}

#[tokio::test]
async fn garbage_comes_inside_the_answer() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Garbage { bytes: 7, inside: true });
    let mut client = Client::of(&proxy).await;
    for wrong in [7, 0] {
        client.say([b'a'; 100]).await;
        let mut heard = [0; 100];
        tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut heard).await.unwrap();
        assert_eq!(heard.iter().filter(|byte| **byte != b'a').count(), wrong);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drip_brings_a_byte_at_a_time() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let every = Duration::from_millis(100);
    let proxy = with(party.address, Fault::Drip { every });
    let mut client = Client::of(&proxy).await;
    client.say("slow").await;
    for (byte, number) in ["s", "l", "o", "w"].into_iter().zip(1..) {
        let counts = until(proxy.control(), |counts| counts.bytes_to_client >= number).await;
        assert_eq!(counts.bytes_to_client, number);
        assert_eq!(client.hear(1).await, byte);
        assert!(client.hears_nothing());
        time.advance(every).await;
    }
}

#[tokio::test]
async fn refused_is_closed_at_once() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Refuse);
    assert_eq!(Client::of(&proxy).await.hear_out().await, b"");
    assert_eq!((count(&proxy.stop().await, Kind::Refuse), party.connections()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn no_more_passes_than_the_cap_lets_through() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Bandwidth { bytes_per_second: 1000 });
    let mut client = Client::of(&proxy).await;
    client.say([b'x'; 500]).await;
    // A twentieth of a second's worth at a time, each way.
    for twentieths in 1..10 {
        let counts = until(proxy.control(), |counts| counts.bytes_to_upstream >= twentieths * 50).await;
        assert_eq!(counts.bytes_to_upstream, twentieths * 50);
        assert!(counts.bytes_to_client <= twentieths * 50);
        time.advance(Duration::from_millis(50)).await;
    }
    for _ in 0..30 {
        time.advance(Duration::from_millis(50)).await;
    }
    assert_eq!(client.hear(500).await, "x".repeat(500));
    assert_eq!(count(&proxy.control().snapshot(), Kind::Bandwidth), 1);
}

#[tokio::test]
async fn an_answer_is_cut() {
    let party = Party::echo().await;
    let proxy = with(party.address, Fault::Cut { after_bytes: 4 });
    let mut client = Client::of(&proxy).await;
    client.say("first").await;
    assert_eq!(client.hear_out().await, b"firs");
    assert_eq!((count(&proxy.stop().await, Kind::Cut), party.heard()), (1, 5));
}
