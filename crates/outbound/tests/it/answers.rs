use std::time::Duration;

use outbound::{Cause, HttpConfig, Method, Request};
use resilience::policy::PolicyError;
use resilience::retry::Idempotency;
use resilience::{Failure, Kind};

use crate::given::{cause, client, error, get, post};
use crate::server::{Server, answer};

#[tokio::test]
async fn the_request_arrives_as_it_was_made() {
    let server = Server::answering(answer("201 Created", "x-id: 7\r\n", "done")).await;
    let request = Request::new(Method::PUT, server.url("/orders?dry=1"), Idempotency::Idempotent)
        .header("authorization", "Bearer abc")
        .correlation("corr-1")
        .json(&["a"])
        .unwrap();

    let answer = client(HttpConfig::default()).send(&request).await.unwrap();
    assert_eq!((answer.status(), answer.body()), (201, &b"done"[..]));
    assert_eq!((answer.header("X-Id"), answer.header("x-none")), (Some("7"), None));
    let sent = server.requests().remove(0);
    assert!(sent.starts_with("PUT /orders?dry=1 HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n[\"a\"]"), "{sent}");
    for header in [
        "authorization: Bearer abc",
        "x-correlation-id: corr-1",
        "content-type: application/json",
        "content-length: 5",
    ] {
        assert!(sent.to_lowercase().contains(&header.to_lowercase()), "{header} in {sent}");
    }
}

#[tokio::test]
async fn a_request_without_a_body_announces_none() {
    let server = Server::answering(answer("200 OK", "", "")).await;
    client(HttpConfig::default()).send(&get(server.url("/"))).await.unwrap();
    assert!(!server.requests().remove(0).contains("content-length"));
}

#[tokio::test]
async fn a_limited_rate_says_for_how_long() {
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    for (headers, after) in [
        (String::new(), None),
        ("retry-after: 7\r\n".to_owned(), Some(Duration::from_secs(7))),
        (format!("{date}retry-after: Sun, 06 Nov 1994 08:49:47 GMT\r\n"), Some(Duration::from_secs(10))),
    ] {
        let server = Server::answering(answer("429 Too Many Requests", &headers, "")).await;
        let error = error(&client(HttpConfig::default()), &post(server.url("/"), "order")).await;
        assert_eq!(error.kind(), Kind::RateLimited { after });
        assert_eq!(error.retry_after(), after);
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_answer_for_those_who_can_read_it() {
    let server = Server::answering(answer("422 Unprocessable", "x-code: 3\r\n", "{\"code\":-2010}")).await;
    let error = error(&client(HttpConfig::default()), &get(server.url("/"))).await;

    assert_eq!(error.kind(), Kind::Rejected);
    assert_eq!(error.answer().map(|answer| answer.status()), Some(422));
    assert_eq!(error.answer().map(|answer| answer.body()), Some(&b"{\"code\":-2010}"[..]));
    assert_eq!(error.to_string(), "the answer has status 422");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::answering(answer("200 OK", "", "stolen")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = format!("location: {}\r\n", other.url("/"));
        let server = Server::answering(answer(status, &location, "")).await;
        let client = client(HttpConfig::default());
        for request in [get(server.url("/")), post(server.url("/"), "order")] {
            let error = error(&client, &request.header("authorization", "Bearer abc")).await;
            assert!(matches!(error.cause(), Cause::Redirected { .. }), "{error:?}");
            assert_eq!(error.kind(), Kind::Rejected);
        }
        let home = Server::answering(answer(status, "location: /elsewhere\r\n", "")).await;
        let cause = cause(&client, &get(home.url("/"))).await;
        assert!(matches!(cause, Cause::Redirected { .. }), "nor to the same host");
    }
    assert_eq!(other.accepted(), 0);
}

#[tokio::test]
async fn json_is_read_or_its_place_is_told() {
    let server = Server::answering(answer("200 OK", "", "[1,\n 2,\n \"hunter2\"]")).await;
    let client = client(HttpConfig::default());

    let texts: Result<Vec<serde_json::Value>, _> = client.send_json(&get(server.url("/"))).await;
    assert_eq!(texts.unwrap().len(), 3);
    let numbers: Result<Vec<u64>, _> = client.send_json(&get(server.url("/"))).await;
    let error = match numbers {
        Err(PolicyError::Failed(error) | PolicyError::Exhausted { last: error, .. }) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(error.cause(), Cause::NotJson { line: 3, .. }), "{error:?}");
    assert_eq!(error.kind(), Kind::UnknownOutcome);
}
