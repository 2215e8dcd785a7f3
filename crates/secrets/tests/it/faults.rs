use outbound::HttpConfig;
use resilience::{Category, Failure, Kind};
use secrets::{Resolver, ResolverConfig, SecretError, VaultConfig};
use serde_json::{Value, json};

use crate::given::{SOON, Shelves, policy, reference, resolver, root, vault, version};
use crate::server::{Reply, Server};

const READ: &str = "vault:kv/app#password";

/// A Vault that lets in, and answers every read with `reply`.
async fn broken(reply: Reply) -> Server {
    Server::start(move |asked| match asked.line.as_str() {
        "GET /v1/auth/token/lookup-self" => Shelves::new(0).reply(asked),
        _ => reply.clone(),
    })
    .await
}

async fn error(reply: Reply, http: HttpConfig) -> SecretError {
    let server = broken(reply).await;
    let config = VaultConfig { http, ..vault(server.url(), root()) };
    resolver(config).resolve("database.password", &reference(READ)).await.unwrap_err()
}

async fn check(reply: Reply, kind: Kind, word: &str) {
    let error = error(reply, HttpConfig::default()).await;
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    assert!(text.starts_with("`database.password` (vault:kv/app#password): "), "{text}");
    assert!(text.contains(word), "{word:?} in {text}");
}

fn status(status: u16) -> Reply {
    Reply::Json(status, json!({ "errors": ["hunter2"] }).to_string())
}

#[tokio::test]
async fn statuses_are_told_in_words() {
    for (code, kind, word) in [
        (400, Kind::Rejected, "status 400"),
        (403, Kind::Unauthorised, "its policy needs the capability `read` there"),
        (404, Kind::Rejected, "nothing at app in the mount kv"),
        (405, Kind::Rejected, "not KV version 2"),
        (412, Kind::Transient, "not caught up"),
        (429, Kind::RateLimited { after: None }, "fewer requests"),
        (472, Kind::Transient, "disaster recovery"),
        (473, Kind::Transient, "performance standby"),
        (500, Kind::Transient, "internal error"),
        (501, Kind::Transient, "never initialised"),
        (502, Kind::Transient, "that Vault itself needs"),
        (503, Kind::Transient, "sealed"),
    ] {
        check(status(code), kind, word).await;
    }
    let elsewhere =
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://active.test/\r\ncontent-length: 0\r\n\r\n";
    check(Reply::Raw(elsewhere.into()), Kind::Rejected, "standby").await;
}

#[tokio::test]
async fn a_deleted_secret_is_told_from_one_that_never_was() {
    let deleted = version(&Value::Null, "2026-03-22T02:36:43.986212308Z").to_string();
    check(Reply::Json(404, deleted.clone()), Kind::Rejected, "was deleted").await;
    check(Reply::Json(200, deleted), Kind::Rejected, "was deleted").await;
}

#[tokio::test]
async fn a_path_with_the_data_in_it_is_hinted_at() {
    let server = broken(status(404)).await;
    let wanted = reference("vault:kv/data/app#password");
    let error = resolver(vault(server.url(), root())).resolve("slot", &wanted).await.unwrap_err();
    assert!(error.to_string().ends_with("the path is written without `data/`"), "{error}");
}

#[tokio::test]
async fn what_is_no_vault_is_told_as_such() {
    let page = "<html><body>login</body></html>";
    for body in [page, "", "{}", "[]", "{\"data\":{}}x", "{\"data\":null}", "{\"data\":{\"data\":[1]}}"] {
        check(Reply::Json(200, body.into()), Kind::UnknownOutcome, "not Vault").await;
    }
    check(Reply::Raw("garbage\r\n\r\n".into()), Kind::UnknownOutcome, "not HTTP").await;
    check(Reply::Raw(String::new()), Kind::UnknownOutcome, "broke").await;
}

#[tokio::test]
async fn a_vault_that_does_not_end_is_left() {
    let reading = HttpConfig { read: SOON, ..HttpConfig::default() };
    let silent = error(Reply::Silence, reading).await;
    assert_eq!(silent.kind(), Kind::TimedOut);
    let all = HttpConfig { exchange: SOON, ..HttpConfig::default() };
    let dripping = error(Reply::Drip, all).await;
    assert_eq!(dripping.kind(), Kind::TimedOut);
    assert_eq!(dripping.category(), Category::Network);
    let small = HttpConfig { answer_bytes: 600, ..HttpConfig::default() };
    let large = version(&json!({ "password": "x".repeat(1000) }), "").to_string();
    let oversized = error(Reply::Json(200, large), small).await;
    assert!(oversized.to_string().contains("larger than 600 bytes"), "{oversized}");
}

#[tokio::test]
async fn a_vault_that_is_not_there_is_told_as_such() {
    let server = broken(Reply::Silence).await;
    let url = server.url();
    drop(server);
    tokio::task::yield_now().await;
    let error = resolver(vault(url, root())).resolve("slot", &reference(READ)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Transient);
    assert!(error.to_string().contains("Vault is out of reach: no connection: refused"), "{error}");
}

#[tokio::test]
async fn a_token_nobody_knows_is_told_as_such() {
    let server = Server::start(|_| status(403)).await;
    let error = resolver(vault(server.url(), root())).resolve("slot", &reference(READ)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorised);
    assert_eq!(error.category(), Category::Authentication);
    assert!(error.to_string().contains("or it is not valid any more"), "{error}");
    let reads = server.lines().iter().filter(|line| line.contains("kv")).count();
    assert_eq!(reads, 1, "a token this fresh is not exchanged");
}

#[tokio::test]
async fn places_that_are_not_there_are_told_as_such() {
    let resolver = Resolver::new(ResolverConfig::default(), policy).unwrap();
    let error = resolver.resolve("slot", &reference(READ)).await.unwrap_err();
    assert!(error.to_string().ends_with("no Vault is configured: its address is not set"), "{error}");
    assert_eq!((error.kind(), error.category()), (Kind::Invalid, Category::Configuration));
    let error = resolver.resolve("slot", &reference("aws:prod/web#password")).await.unwrap_err();
    let why = if cfg!(feature = "aws") {
        "AWS Secrets Manager is not configured"
    } else {
        "this build has no AWS support; build with --features aws"
    };
    assert_eq!(error.to_string(), format!("`slot` (aws:prod/web#password): {why}"));
}
