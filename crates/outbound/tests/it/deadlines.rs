use outbound::{Cause, HttpConfig, Phase};
use resilience::{Failure, Kind};

use crate::given::{SOON, cause, client, error, get, post};
use crate::server::{Server, answer};

#[tokio::test]
async fn a_party_that_accepts_and_says_nothing_is_left() {
    let server = Server::start(|connection| connection.hold()).await;
    let client = client(HttpConfig { read: SOON, ..HttpConfig::default() });

    for request in [get(server.url("/")), post(server.url("/"), "order")] {
        let error = error(&client, &request).await;
        assert_eq!(*error.cause(), Cause::TimedOut { phase: Phase::Read, limit: SOON, is_sent: true });
        assert_eq!(error.kind(), Kind::TimedOut);
    }
}

#[tokio::test]
async fn a_head_that_drips_is_cut() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 200 OK\r\n").await;
        connection.drip("x-more: yes\r\n").await;
    })
    .await;
    let client = client(HttpConfig { read: SOON, ..HttpConfig::default() });

    let cause = cause(&client, &get(server.url("/"))).await;
    assert_eq!(cause, Cause::TimedOut { phase: Phase::Read, limit: SOON, is_sent: true });
}

#[tokio::test]
async fn a_body_that_stops_is_cut() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
        connection.hold().await;
    })
    .await;
    let client = client(HttpConfig { read: SOON, ..HttpConfig::default() });

    let cause = cause(&client, &get(server.url("/"))).await;
    assert_eq!(cause, Cause::TimedOut { phase: Phase::Read, limit: SOON, is_sent: true });
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_exchange() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").await;
        connection.drip("x").await;
    })
    .await;
    let client = client(HttpConfig { exchange: SOON, ..HttpConfig::default() });

    let error = error(&client, &get(server.url("/"))).await;
    assert_eq!(*error.cause(), Cause::TimedOut { phase: Phase::Exchange, limit: SOON, is_sent: true });
    assert_eq!(error.kind(), Kind::TimedOut);
}

#[tokio::test]
async fn a_refusal_that_drips_is_still_a_refusal() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 1000000\r\n\r\n").await;
        connection.drip("x").await;
    })
    .await;
    let client = client(HttpConfig { read: SOON, ..HttpConfig::default() });

    let error = error(&client, &get(server.url("/"))).await;
    assert_eq!(error.kind(), Kind::Unauthorised);
    assert_eq!(error.answer().map(outbound::Answer::body), Some(&b""[..]), "half a body is none");
}

#[tokio::test]
async fn a_party_that_does_not_read_is_left() {
    let server = Server::start(|connection| connection.hold()).await;
    let client = client(HttpConfig { write: SOON, ..HttpConfig::default() });
    // more than the buffers between the two can hold
    let body = "x".repeat(64 << 20);

    let error = error(&client, &post(server.url("/"), &body)).await;
    assert_eq!(*error.cause(), Cause::TimedOut { phase: Phase::Write, limit: SOON, is_sent: true });
    assert_eq!(error.kind(), Kind::TimedOut);
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_left_and_nothing_was_sent() {
    let server = Server::start(|connection| connection.hold()).await;
    let client = client(HttpConfig { connect: SOON, ..HttpConfig::default() });
    let url = format!("https://{}/", server.address);

    for request in [get(url.clone()), post(url, "order")] {
        let error = error(&client, &request).await;
        assert_eq!(*error.cause(), Cause::TimedOut { phase: Phase::Connect, limit: SOON, is_sent: false });
        assert_eq!(error.kind(), Kind::Transient);
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn connecting_is_neither_reading_nor_writing() {
    let server = Server::start(|connection| connection.hold()).await;
    let connect = SOON * 4;
    let config = HttpConfig { connect, read: SOON, write: SOON, ..HttpConfig::default() };
    let client = client(config);
    let url = format!("https://{}/", server.address);

    for request in [get(url.clone()), post(url, "order")] {
        let cause = cause(&client, &request).await;
        assert_eq!(cause, Cause::TimedOut { phase: Phase::Connect, limit: connect, is_sent: false });
    }
}

#[tokio::test]
async fn the_last_deadline_knows_whether_anything_was_sent() {
    let server = Server::start(|connection| connection.hold()).await;
    let client = client(HttpConfig { exchange: SOON, ..HttpConfig::default() });
    let secured = format!("https://{}/", server.address);

    let unsent = error(&client, &post(secured, "order")).await;
    assert_eq!(*unsent.cause(), Cause::TimedOut { phase: Phase::Exchange, limit: SOON, is_sent: false });
    assert_eq!(unsent.kind(), Kind::Transient);
    let sent = error(&client, &post(server.url("/"), "order")).await;
    assert_eq!(sent.kind(), Kind::TimedOut);
}

#[tokio::test]
async fn slow_is_not_late() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 200 OK\r\n").await;
        for letter in ["content-length: 4\r\n\r\n", "s", "l", "o", "w"] {
            tokio::task::yield_now().await;
            connection.write(letter).await;
        }
    })
    .await;

    let client = client(HttpConfig::default());
    assert_eq!(client.send(&get(server.url("/"))).await.unwrap().body(), b"slow");
    let big = "x".repeat(8 << 20);
    let taking = Server::answering(answer("200 OK", "", "all of it")).await;
    assert_eq!(client.send(&post(taking.url("/"), &big)).await.unwrap().body(), b"all of it");
}
