use std::sync::Arc;
use std::time::Duration;

use outbound::{BuildError, Cause, Client, HttpConfig};
use resilience::{Failure, Kind};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::given::{SOON, cause, client, error, get, one_try, post};
use crate::server::{Server, answer};

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_taken() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello ").await;
    let client = client(HttpConfig { answer_bytes: 10, ..HttpConfig::default() });

    let error_of_get = error(&client, &get(server.url("/"))).await;
    assert_eq!(*error_of_get.cause(), Cause::TooLarge { limit: 10 });
    assert_eq!(error_of_get.kind(), Kind::Invalid, "it would be as large again");
    let error_of_post = error(&client, &post(server.url("/"), "order")).await;
    assert_eq!(error_of_post.kind(), Kind::UnknownOutcome);
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut() {
    let endless = Server::start(|mut connection| async move {
        connection.request().await;
        connection.write("HTTP/1.1 200 OK\r\n\r\n").await;
        connection.drip(&"x".repeat(1000)).await;
    })
    .await;
    let client = client(HttpConfig { answer_bytes: 10_000, ..HttpConfig::default() });
    assert_eq!(cause(&client, &get(endless.url("/"))).await, Cause::TooLarge { limit: 10_000 });
}

#[tokio::test]
async fn an_answer_of_just_the_limit_is_taken() {
    let client = client(HttpConfig { answer_bytes: 10, ..HttpConfig::default() });
    let announced = Server::answering(answer("200 OK", "", "0123456789")).await;
    assert_eq!(client.send(&get(announced.url("/"))).await.unwrap().body().len(), 10);
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n";
    let chunked = Server::answering(chunks).await;
    assert_eq!(client.send(&get(chunked.url("/"))).await.unwrap().body(), b"0123456789");
}

#[tokio::test]
async fn connections_are_kept_and_used_again() {
    for (keep_alive, connections) in [(1, 1), (0, 3)] {
        let server = Server::answering(answer("200 OK", "", "")).await;
        let client = client(HttpConfig { keep_alive, ..HttpConfig::default() });
        for _ in 0..3 {
            client.send(&get(server.url("/"))).await.unwrap();
        }
        assert_eq!(server.accepted(), connections, "keeping {keep_alive}");
    }
}

/// A deadline that is not meant to pass.
const LONG: Duration = Duration::from_secs(40);

/// Answers only when it is let.
async fn gated(gate: Arc<Semaphore>, began: mpsc::Sender<()>) -> Server {
    Server::start(move |mut connection| {
        let (gate, began) = (Arc::clone(&gate), began.clone());
        async move {
            while connection.request().await.is_some() {
                began.send(()).await.unwrap();
                gate.acquire().await.unwrap().forget();
                connection.write(&answer("200 OK", "", "")).await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn no_more_connections_are_used_than_allowed() {
    let gate = Arc::new(Semaphore::new(0));
    let (began, mut beginnings) = mpsc::channel(10);
    let server = gated(Arc::clone(&gate), began).await;
    let config = HttpConfig { connections: 2, connect: SOON, ..HttpConfig::default() };
    let client = client(config);
    let mut under_way = JoinSet::new();
    for _ in 0..2 {
        let (client, request) = (client.clone(), get(server.url("/")));
        under_way.spawn(async move { client.send(&request).await.map(|answer| answer.status()) });
    }
    beginnings.recv().await.unwrap();
    beginnings.recv().await.unwrap();

    let error = error(&client, &post(server.url("/"), "order")).await;
    assert_eq!(*error.cause(), Cause::Busy { connections: 2 });
    assert_eq!(server.accepted(), 2, "the third never got to a connection");
    gate.add_permits(10);
    while let Some(result) = under_way.join_next().await {
        assert_eq!(result.unwrap(), Ok(200));
    }
    client.send(&get(server.url("/"))).await.unwrap();
}

#[tokio::test]
async fn no_more_wait_for_a_connection_than_there_are() {
    let gate = Arc::new(Semaphore::new(0));
    let (began, mut beginnings) = mpsc::channel(10);
    let server = gated(Arc::clone(&gate), began).await;
    let config = HttpConfig { connections: 1, connect: LONG, ..HttpConfig::default() };
    let client = client(config);
    let mut under_way = JoinSet::new();
    for _ in 0..3 {
        let (client, request) = (client.clone(), get(server.url("/")));
        under_way.spawn(async move { client.send(&request).await });
    }
    beginnings.recv().await.unwrap();

    // one is under way and one waits: the third comes back at once, while nothing moves
    let refused = timeout(LONG / 2, under_way.join_next()).await.unwrap().unwrap().unwrap();
    assert!(format!("{refused:?}").contains("Busy"), "{refused:?}");
    gate.add_permits(10);
    while let Some(result) = under_way.join_next().await {
        assert_eq!(result.unwrap().map(|answer| answer.status()).ok(), Some(200));
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_is_refused() {
    let config = HttpConfig { connections: 0, ..HttpConfig::default() };
    let refusal = Client::new(config, one_try()).unwrap_err();
    assert_eq!(refusal, BuildError::Zero { setting: "connections" });
}
