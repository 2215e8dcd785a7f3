use std::sync::Arc;

use outbound::{Client, HttpConfig, Method, Request};
use proptest::prelude::*;
use resilience::retry::Idempotency;
use tokio::runtime::Runtime;

use crate::given::{SOON, client};
use crate::server::{Server, answer};

/// What a party can do with the secret it was sent.
const WAYS: [&str; 8] = ["ok", "refuse", "fail", "redirect", "garbage", "chunks", "drip", "break"];

/// Plays the secret of a request back in the way that its path names.
async fn echo() -> Server {
    Server::start(|mut connection| async move {
        let Some(request) = connection.request().await else { return };
        let secret = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let path = request.split_whitespace().nth(1).unwrap_or_default();
        let way = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        let headers = format!("x-echo: {secret}\r\n");
        connection
            .write(&match way {
                "ok" => answer("200 OK", &headers, &format!("{{\"a\": \"{secret}\"}}")),
                "refuse" => answer(&format!("403 {secret}"), &headers, secret),
                "fail" => answer(&format!("500 {secret}"), &headers, secret),
                "redirect" => answer("302 Found", &format!("location: http://{secret}.test/\r\n"), secret),
                "garbage" => format!("{secret}\r\n\r\n"),
                "chunks" => format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{secret}\r\n"),
                _ => format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n{headers}\r\n{secret}"),
            })
            .await;
        if way == "drip" {
            connection.drip(".").await;
        }
    })
    .await
}

/// Sends the secret in every place a request has, and returns all that can be shown of what came of it.
async fn shown(client: &Client, server: &Server, way: &str, secret: &str) -> String {
    let url = format!("http://{secret}:{secret}@{}/{way}/{secret}?key={secret}", server.address);
    let request = Request::new(Method::POST, url, Idempotency::NotIdempotent)
        .header("authorization", secret)
        .correlation(secret)
        .body("text/plain", secret.to_owned());
    let sent = client.send(&request).await;
    let read = client.send_json::<Vec<u64>>(&request).await.map_err(|error| format!("{error} {error:?}"));
    let unmade = Request::new(Method::GET, format!("{secret}://{secret}"), Idempotency::Idempotent)
        .header(format!("{secret} {secret}"), secret);
    let unsent = client.send(&unmade).await.map_err(|error| format!("{error} {error:?}"));
    let told = sent.as_ref().map_or_else(ToString::to_string, |answer| format!("{answer:?}"));
    format!("{request:?} {client:?} {sent:?} {told} {read:?} {unmade:?} {unsent:?}")
}

#[test]
fn no_secret_shows_in_what_is_told_of_a_request() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    let server = Arc::new(runtime.block_on(echo()));
    let client = client(HttpConfig { exchange: SOON, ..HttpConfig::default() });
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(secret in "[a-z]{4}[A-Za-z0-9]{8,24}")| {
        for way in WAYS {
            let shown = runtime.block_on(shown(&client, &server, way, &secret));
            let folded = shown.to_lowercase();
            prop_assert!(!folded.contains(&secret.to_lowercase()), "{way}: {shown}");
        }
    });
}
