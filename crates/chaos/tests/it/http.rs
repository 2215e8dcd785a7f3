//! HTTP passes as it is, and is counted.

use chaos::Plan;

use super::party::{BODY, CHUNKED, Party, SWITCHED, TOO_LARGE, UNTIL_END, sized};
use super::world::{Client, start, until, with_http};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: party\r\n\r\n")
}

#[tokio::test]
async fn every_kind_of_answer_passes_on_one_connection() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n";
    let none = "HTTP/1.1 204 No Content\r\n\r\n";
    for (asked, answer) in [
        (get("/sized"), sized(BODY)),
        (get("/chunked"), CHUNKED.to_owned()),
        (get("/head").replace("GET", "HEAD"), head.to_owned()),
        (get("/none"), none.to_owned()),
        (get("/interim"), sized(BODY)),
        (format!("{}{}", get("/none"), get("/sized")), format!("{none}{}", sized(BODY))),
    ] {
        client.say(&asked).await;
        assert_eq!(client.hear(answer.len()).await, answer, "{asked}");
    }
    assert_eq!(party.connections(), 1, "the party's connection is kept too");
    client.say(get("/end")).await;
    assert_eq!(client.hear_out().await, UNTIL_END.as_bytes());
    let counts = proxy.stop().await;
    assert_eq!((counts.requests, counts.requests_forwarded, party.heard()), (8, 8, 8));
}

#[tokio::test]
async fn bodies_of_requests_pass() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    let large = "y".repeat(300_000);
    client.say("POST /echo-sized HTTP/1.1\r\nContent-Length: 300000\r\n\r\n").await;
    client.say(&large).await;
    assert_eq!(client.hear(sized(&large).len()).await, sized(&large));
    client.say("POST /echo-chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunks = "A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n";
    client.say(chunks).await;
    assert_eq!(client.hear(sized(chunks).len()).await, sized(chunks));
    assert_eq!((party.heard(), party.connections()), (2, 1));
}

#[tokio::test]
async fn who_waits_to_be_told_to_go_on_is_told() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    client.say("POST /echo-sized HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").await;
    assert_eq!(client.hear(25).await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.say("ok").await;
    assert_eq!(client.hear(sized("ok").len()).await, sized("ok"));
}

#[tokio::test]
async fn an_early_answer_reaches_the_client() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    client.say("POST /early HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n").await;
    assert_eq!(client.hear_out().await, TOO_LARGE.as_bytes());
}

#[tokio::test]
async fn what_is_no_longer_http_passes_as_bytes() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    // What is said ahead of the answer is not lost.
    client.say(format!("{}ahead", get("/tunnel"))).await;
    let greeting = format!("{SWITCHED}welcomeahead");
    assert_eq!(client.hear(greeting.len()).await, greeting);
    client.say("behind").await;
    assert_eq!(client.hear(6).await, "behind");
    assert_eq!(proxy.stop().await.requests, 1);
}

#[tokio::test]
async fn a_party_that_closes_closes_for_the_client() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    // One says so and waits, one goes without a word.
    for (path, end) in [("/bye", "bye"), ("/leave", "left")] {
        let mut client = Client::of(&proxy).await;
        client.say(get(path)).await;
        assert!(client.hear_out().await.ends_with(end.as_bytes()));
    }
}

#[tokio::test]
async fn what_is_not_http_is_closed_and_counted() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    for wrong in ["\u{16}\u{3}\u{1}hello\r\n\r\n".to_owned(), "x".repeat(40_000)] {
        let mut client = Client::of(&proxy).await;
        client.say(&wrong).await;
        assert_eq!(client.hear_out().await, b"");
    }
    let counts = until(proxy.control(), |counts| counts.open == 0).await;
    assert_eq!((counts.unreadable, counts.requests, party.connections()), (2, 0, 0));
}

#[tokio::test]
async fn a_party_that_speaks_no_http_is_counted() {
    let party = Party::echo().await;
    let proxy = start(party.address, Plan { http: true, ..Plan::default() });
    let mut client = Client::of(&proxy).await;
    client.say(get("/")).await;
    assert_eq!(client.hear_out().await, b"");
    assert_eq!(proxy.stop().await.unreadable, 1);
}
