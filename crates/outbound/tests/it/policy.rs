use metrics_exporter_prometheus::PrometheusBuilder;
use outbound::{Client, HttpConfig};
use resilience::policy::PolicyError;
use resilience::{Failure, Kind};

use crate::given::{SOON, client, get, one_try, post, tries, within};
use crate::server::{Server, answer};

/// Fails the first `bad` requests with a status.
async fn recovering(bad: usize, status: &'static str) -> Server {
    Server::start(move |mut connection| async move {
        while connection.request().await.is_some() {
            if connection.number < bad {
                connection.write(&answer(status, "connection: close\r\n", "")).await;
                return;
            }
            connection.write(&answer("200 OK", "", "")).await;
        }
    })
    .await
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated() {
    let server = recovering(2, "500 Oops").await;
    let client = Client::new(HttpConfig::default(), tries(3)).unwrap();

    assert_eq!(client.send(&get(server.url("/"))).await.unwrap().status(), 200);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_repeated() {
    let server = recovering(2, "500 Oops").await;
    let client = Client::new(HttpConfig::default(), tries(3)).unwrap();

    let error = client.send(&post(server.url("/"), "order")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::UnknownOutcome);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_was_surely_not_done_is_repeated() {
    let server = recovering(2, "503 Later\r\nretry-after: 0").await;
    let client = Client::new(HttpConfig::default(), tries(3)).unwrap();

    assert_eq!(client.send(&post(server.url("/"), "order")).await.unwrap().status(), 200);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_request_that_cannot_be_made_is_not_tried() {
    let client = client(HttpConfig::default());
    let error = client.send(&get("not an address".to_owned())).await.unwrap_err();
    assert!(matches!(&error, PolicyError::Failed(error) if error.kind() == Kind::Invalid), "{error:?}");
}

#[tokio::test]
async fn timeouts_are_counted_by_phase() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let silent = Server::start(|connection| connection.hold()).await;
    let count = |phase: &str, count: u64| {
        let line = format!("http_request_timeout_total{{policy=\"party\",phase=\"{phase}\"}} {count}\n");
        assert!(page.render().contains(&line), "{line} in {}", page.render());
    };

    let patient = HttpConfig::default;
    let reading = client(HttpConfig { read: SOON, ..patient() });
    for phase in ["connect", "write", "read", "exchange"] {
        count(phase, 0);
    }
    reading.send(&get(silent.url("/"))).await.unwrap_err();
    reading.send(&post(silent.url("/"), "order")).await.unwrap_err();
    count("read", 2);
    let connecting = client(HttpConfig { connect: SOON, ..patient() });
    connecting.send(&get(format!("https://{}/", silent.address))).await.unwrap_err();
    count("connect", 1);
    let writing = client(HttpConfig { write: SOON, ..patient() });
    writing.send(&post(silent.url("/"), &"x".repeat(64 << 20))).await.unwrap_err();
    count("write", 1);
    let all = client(HttpConfig { exchange: SOON, ..patient() });
    all.send(&get(silent.url("/"))).await.unwrap_err();
    count("exchange", 1);
    count("read", 2);
    assert_eq!(one_try().name(), "party");
}

#[tokio::test]
async fn the_policys_own_deadline_is_its_own_to_count() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let silent = Server::start(|connection| connection.hold()).await;
    let client = Client::new(HttpConfig::default(), within(SOON)).unwrap();

    let error = client.send(&get(silent.url("/"))).await.unwrap_err();
    assert!(matches!(error, PolicyError::TimedOut { whole: true, .. }), "{error:?}");
    let page = page.render();
    let timeouts = page.lines().filter(|line| line.starts_with("http_request_timeout_total"));
    assert!(timeouts.clone().count() == 4 && timeouts.clone().all(|line| line.ends_with(" 0")), "{page}");
}
