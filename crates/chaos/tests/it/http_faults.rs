//! Each fault on HTTP: decided for each request, and what of it the party heard.

use std::time::Duration;

use chaos::{Fault, Kind, Plan};

use super::party::{BODY, CHUNKED, Party, SWITCHED, sized};
use super::world::{Client, StillTime, count, row, start, until, with_http};

const GET: &str = "GET /sized HTTP/1.1\r\nHost: party\r\n\r\n";

/// The faults that end the connection: what the client hears of one request, whether it ends in a reset, and how
/// many requests the party heard.
async fn check(fault: Fault, path: &str, heard: &[u8], is_reset: bool, party_heard: usize) {
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(fault));
    let mut client = Client::of(&proxy).await;
    client.say(GET.replace("/sized", path)).await;
    let (said, end) = client.hear_all().await;
    assert_eq!((said.as_slice(), end.is_err()), (heard, is_reset), "{fault:?} {end:?}");
    let counts = proxy.stop().await;
    assert_eq!((count(&counts, fault.kind()), counts.requests), (1, 1), "{fault:?}");
    assert_eq!((counts.requests_forwarded, party.heard()), (party_heard as u64, party_heard), "{fault:?}");
}

#[tokio::test]
async fn faults_that_end_the_connection() {
    let sized = sized(BODY);
    let all_but_the_last = |answer: &str| answer.as_bytes()[..answer.len() - 1].to_vec();
    check(Fault::Reset { forwarded: false }, "/sized", b"", true, 0).await;
    check(Fault::Reset { forwarded: true }, "/sized", b"", true, 1).await;
    check(Fault::Down { span: Duration::from_secs(60) }, "/sized", b"", true, 0).await;
    check(Fault::Cut { after_bytes: 20 }, "/sized", &sized.as_bytes()[..20], false, 1).await;
    check(Fault::Cut { after_bytes: 50 }, "/sized", &sized.as_bytes()[..50], false, 1).await;
    // However late it is to be cut, it is cut.
    check(Fault::Cut { after_bytes: 5000 }, "/sized", &all_but_the_last(&sized), false, 1).await;
    check(Fault::Cut { after_bytes: 5000 }, "/chunked", &all_but_the_last(CHUNKED), false, 1).await;
    let none = all_but_the_last("HTTP/1.1 204 No Content\r\n\r\n");
    check(Fault::Cut { after_bytes: 5000 }, "/none", &none, false, 1).await;
}

#[tokio::test]
async fn refused_before_a_word_is_said() {
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(Fault::Refuse));
    assert_eq!(Client::of(&proxy).await.hear_out().await, b"");
    let counts = proxy.stop().await;
    assert_eq!((count(&counts, Kind::Refuse), counts.requests), (1, 0));
}

#[tokio::test]
async fn the_party_works_and_the_client_hears_of_a_failure() {
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(Fault::ServerError));
    let mut client = Client::of(&proxy).await;
    let failed = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
    for path in ["/sized", "/chunked", "/none"] {
        client.say(GET.replace("/sized", path)).await;
        assert_eq!(client.hear(failed.len()).await, failed);
    }
    assert_eq!(party.heard(), 3);
    proxy.control().clear();
    // What the party said is gone, and nothing of it comes behind.
    client.say(GET).await;
    assert_eq!(client.hear(sized(BODY).len()).await, sized(BODY));
    let counts = proxy.stop().await;
    assert_eq!((count(&counts, Kind::ServerError), counts.requests_forwarded), (3, 4));
    assert_eq!(party.connections(), 1);
}

#[tokio::test]
async fn a_request_on_a_kept_connection_is_swallowed() {
    let party = Party::http().await;
    let proxy = with_http(party.address, None);
    let mut client = Client::of(&proxy).await;
    client.say(GET).await;
    client.hear(sized(BODY).len()).await;
    proxy.control().set(Fault::HalfOpen).unwrap();
    client.say(GET).await;
    let counts = until(proxy.control(), |counts| count(counts, Kind::HalfOpen) == 1).await;
    assert_eq!((counts.requests, counts.requests_forwarded, party.heard()), (2, 1, 1));
    assert!(client.hears_nothing());
}

#[tokio::test]
async fn garbage_instead_of_an_answer() {
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(Fault::Garbage { bytes: 33, inside: false }));
    let mut client = Client::of(&proxy).await;
    client.say(GET).await;
    let heard = client.hear_out().await;
    assert_eq!((heard.len(), party.heard()), (33, 1));
    assert!(!heard.starts_with(b"HTTP"));
}

#[tokio::test]
async fn garbage_inside_a_body_leaves_the_head_good() {
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(Fault::Garbage { bytes: 3, inside: true }));
    let mut client = Client::of(&proxy).await;
    for _ in 0..5 {
        client.say(GET).await;
        let good = sized(BODY);
        let mut heard = vec![0; good.len()];
        tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut heard).await.unwrap();
        let head = good.len() - BODY.len();
        assert_eq!(&heard[..head], &good.as_bytes()[..head]);
        let wrong = heard.iter().zip(good.as_bytes()).filter(|(heard, good)| heard != good).count();
        assert_eq!(wrong, 3);
    }
    assert_eq!(count(&proxy.stop().await, Kind::Garbage), 5, "each answer by itself");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_late_once() {
    let time = StillTime::begin();
    let party = Party::http().await;
    let fixed = Duration::from_millis(500);
    let proxy = with_http(party.address, Some(Fault::Latency { fixed, jitter: Duration::ZERO }));
    let mut client = Client::of(&proxy).await;
    client.say(GET).await;
    until(proxy.control(), |counts| count(counts, Kind::Latency) == 1).await;
    time.advance(fixed - Duration::from_millis(1)).await;
    assert_eq!((party.heard(), client.hears_nothing()), (1, true));
    time.advance(Duration::from_millis(2)).await;
    assert_eq!(client.hear(sized(BODY).len()).await, sized(BODY));
}

#[tokio::test(start_paused = true)]
async fn an_answer_drips() {
    let time = StillTime::begin();
    let party = Party::http().await;
    let every = Duration::from_millis(10);
    let proxy = with_http(party.address, Some(Fault::Drip { every }));
    let mut client = Client::of(&proxy).await;
    client.say(GET).await;
    for byte in sized(BODY).bytes() {
        assert_eq!(client.hear(1).await.as_bytes(), [byte]);
        assert!(client.hears_nothing());
        time.advance(every).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_request_is_slow_under_a_cap() {
    let time = StillTime::begin();
    let party = Party::http().await;
    let proxy = with_http(party.address, Some(Fault::Bandwidth { bytes_per_second: 20_000 }));
    let mut client = Client::of(&proxy).await;
    client
        .say(format!("POST /echo-sized HTTP/1.1\r\nContent-Length: 5000\r\n\r\n{}", "z".repeat(5000)))
        .await;
    let counts = until(proxy.control(), |counts| counts.bytes_to_upstream > 0).await;
    assert!(counts.bytes_to_upstream <= 1000);
    let asked = tokio::spawn(async move { client.hear(sized(&"z".repeat(5000)).len()).await });
    let start = tokio::time::Instant::now();
    while !asked.is_finished() {
        time.advance(Duration::from_millis(10)).await;
    }
    asked.await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(450), "ten thousand bytes, both ways");
}

#[tokio::test]
async fn a_tunnel_is_cut() {
    let party = Party::http().await;
    let after_bytes = SWITCHED.len() as u64 + 10;
    let proxy = with_http(party.address, Some(Fault::Cut { after_bytes }));
    let mut client = Client::of(&proxy).await;
    client.say(GET.replace("/sized", "/tunnel")).await;
    assert_eq!(client.hear(SWITCHED.len() + 7).await, format!("{SWITCHED}welcome"));
    client.say("hello").await;
    assert_eq!(client.hear_out().await, b"hel");
}

#[tokio::test]
async fn chance_harms_the_requests_that_its_row_names() {
    let party = Party::http().await;
    let plan = Plan { http: true, ..Plan::of(21, 0.3, &[Kind::ServerError]) };
    let proxy = start(party.address, plan.clone());
    let mut client = Client::of(&proxy).await;
    let mut seen = Vec::new();
    for _ in 0..50 {
        client.say("GET /none HTTP/1.1\r\n\r\n").await;
        let is_failed = client.hear(27).await.contains("500");
        if is_failed {
            client.hear(30).await;
        }
        seen.push(is_failed.then_some(Kind::ServerError));
    }
    assert_eq!(seen, row(&plan, 50));
    assert!(seen.contains(&Some(Kind::ServerError)) && seen.contains(&None));
    assert_eq!(proxy.stop().await.requests_forwarded, 50);
}
