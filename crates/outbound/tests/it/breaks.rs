use outbound::{Cause, ConnectFault, HttpConfig};
use resilience::{Failure, Kind};
use tokio::net::TcpListener;

use crate::given::{client, error, get, post};
use crate::server::Server;

async fn check(server: &Server, cause: Cause) {
    let client = client(HttpConfig::default());
    for request in [get(server.url("/")), post(server.url("/"), "order")] {
        let error = error(&client, &request).await;
        assert_eq!(*error.cause(), cause);
        assert_eq!(error.kind(), Kind::UnknownOutcome);
    }
}

#[tokio::test]
async fn a_party_that_is_not_there_got_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);

    let error = error(&client(HttpConfig::default()), &post(url, "order")).await;
    assert_eq!(*error.cause(), Cause::Connect(ConnectFault::Refused));
    assert_eq!(error.kind(), Kind::Transient);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_told_as_such() {
    let request = get("http://party.invalid/".to_owned());
    let error = error(&client(HttpConfig::default()), &request).await;
    assert_eq!(*error.cause(), Cause::Connect(ConnectFault::UnknownHost));
    assert_eq!(error.kind(), Kind::Transient);
}

#[tokio::test]
async fn a_connection_reset_after_the_request_leaves_the_outcome_open() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
        connection.reset();
    })
    .await;
    check(&server, Cause::Broken { is_sent: true }).await;
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_leaves_the_outcome_open() {
    let server = Server::start(|mut connection| async move {
        connection.request().await;
    })
    .await;
    check(&server, Cause::Broken { is_sent: true }).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    for head in ["content-length: 100\r\n\r\nhalf", "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"] {
        let resetting = Server::start(move |mut connection| async move {
            connection.request().await;
            connection.write(&format!("HTTP/1.1 200 OK\r\n{head}")).await;
            connection.reset();
        })
        .await;
        check(&resetting, Cause::Broken { is_sent: true }).await;
        let closing = Server::start(move |mut connection| async move {
            connection.request().await;
            connection.write(&format!("HTTP/1.1 200 OK\r\n{head}")).await;
        })
        .await;
        check(&closing, Cause::Broken { is_sent: true }).await;
    }
}

#[tokio::test]
async fn garbage_is_no_answer() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
        "\u{0}\u{1}\u{2}\u{3}\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon in here\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a size\r\n",
    ] {
        let server = Server::start(move |mut connection| async move {
            connection.request().await;
            connection.write(garbage).await;
            connection.hold().await;
        })
        .await;
        check(&server, Cause::Malformed).await;
    }
}
