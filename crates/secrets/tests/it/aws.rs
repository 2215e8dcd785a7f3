//! The SDK finds its credentials in the environment of its process, so each test runs a part of itself in a process
//! that has the environment it needs.

use std::future::Future;
use std::process::Command;

use resilience::{Failure, Kind};
use secrets::{AwsConfig, Resolver, ResolverConfig};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::given::{policy, reference, value};
use crate::server::{Asked, Reply, Server};

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG")];

/// Tells a test that it has the environment it needs.
const INSIDE: &str = "BELLWETHER_TEST_INSIDE";

/// Runs the test of this file that calls it again, in a process with nothing but `variables` around it.
fn with(test: &str, variables: &[(&str, &str)], check: impl Future<Output = ()>) {
    if std::env::var_os(INSIDE).is_some() {
        return Runtime::new().unwrap().block_on(check);
    }
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program)
        .args(["--exact", &format!("aws::{test}"), "--nocapture"])
        .env_clear()
        .env(INSIDE, "yes")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", "/nonexistent")
        .envs(variables.iter().copied())
        .status()
        .unwrap();
    assert!(status.success(), "{test}");
}

/// Answers as Secrets Manager does, by the name of the secret.
fn answer(asked: &Asked) -> Reply {
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let refuse =
        |status, code: &str| Reply::Json(status, json!({ "__type": code, "Message": "hunter2" }).to_string());
    match body["SecretId"].as_str().unwrap() {
        "prod/web" => found(json!({ "SecretString": "{\"password\":\"one\",\"port\":5432}" })),
        "prod/plain" => found(json!({ "SecretString": "word" })),
        "prod/bytes" => found(json!({ "SecretBinary": "d29yZA==" })),
        "prod/odd" => found(json!({ "SecretBinary": "//79" })),
        "prod/none" => found(json!({})),
        "denied" => refuse(400, "AccessDeniedException"),
        "stale" => refuse(400, "ExpiredTokenException"),
        "deleted" => refuse(400, "InvalidRequestException"),
        "locked" => refuse(400, "DecryptionFailure"),
        "busy" => refuse(400, "ThrottlingException"),
        "sick" => refuse(500, "InternalServiceError"),
        "new" => refuse(400, "SomethingNew"),
        "garbage" => Reply::Raw("garbage\r\n\r\n".to_owned()),
        "page" => Reply::Json(200, "<html>hunter2</html>".to_owned()),
        _ => refuse(400, "ResourceNotFoundException"),
    }
}

fn found(value: Value) -> Reply {
    let mut answer = json!({
        "ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/web-AbCdEf",
        "CreatedDate": 1_523_477_145.713,
        "Name": "prod/web",
        "VersionId": "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
        "VersionStages": ["AWSCURRENT"]
    });
    answer.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    Reply::Json(200, answer.to_string())
}

fn resolver(server: &Server) -> Resolver {
    let aws = AwsConfig { region: Some("eu-west-1".to_owned()), endpoint: Some(server.url()) };
    Resolver::new(ResolverConfig { aws: Some(aws), ..ResolverConfig::default() }, policy).unwrap()
}

#[test]
fn secrets_are_read_and_refusals_told() {
    with("secrets_are_read_and_refusals_told", &KEYS, with_keys());
}

async fn with_keys() {
    let server = Server::start(answer).await;
    let resolver = resolver(&server);
    for (place, expected) in [
        ("aws:prod/web#password", "one"),
        ("aws:prod/web#port", "5432"),
        ("aws:prod/web", "{\"password\":\"one\",\"port\":5432}"),
        ("aws:prod/plain", "word"),
        ("aws:prod/bytes", "word"),
    ] {
        assert_eq!(value(&resolver, place).await, Ok(expected.to_owned()));
    }
    signed(&server.asked()[0]);
    for (place, kind, word) in [
        ("aws:prod/web#user", Kind::Rejected, "no such key"),
        ("aws:prod/plain#password", Kind::Rejected, "no JSON table"),
        ("aws:prod/odd", Kind::Rejected, "not text"),
        ("aws:prod/none", Kind::Rejected, "not text"),
        ("aws:absent", Kind::Rejected, "no such secret"),
        ("aws:denied", Kind::Unauthorised, "secretsmanager:GetSecretValue"),
        ("aws:stale", Kind::Unauthorised, "credentials"),
        ("aws:deleted", Kind::Rejected, "marked for deletion"),
        ("aws:locked", Kind::Rejected, "decrypt"),
        ("aws:busy", Kind::RateLimited { after: None }, "fewer requests"),
        ("aws:sick", Kind::Transient, "internal error"),
        ("aws:new", Kind::UnknownOutcome, "not known"),
        ("aws:garbage", Kind::UnknownOutcome, "not understood"),
        ("aws:page", Kind::UnknownOutcome, "not understood"),
    ] {
        let before = server.asked().len();
        let error = resolver.resolve("slot", &reference(place)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{place}: {error}");
        let text = error.to_string();
        assert!(text.starts_with(&format!("`slot` ({place}): ")) && text.contains(word), "{text}");
        assert!(!format!("{text} {error:?}").contains("hunter2"), "{text}");
        assert_eq!(server.asked().len(), before + 1, "{place}: the policy alone tries again");
    }
}

/// Checks what only a signer could have made.
fn signed(asked: &Asked) {
    assert_eq!(asked.line, "POST /");
    assert_eq!(asked.header("x-amz-target"), Some("secretsmanager.GetSecretValue"));
    assert_eq!(asked.header("content-type"), Some("application/x-amz-json-1.1"));
    let authorization = asked.header("authorization").unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
    assert!(authorization.contains("/eu-west-1/secretsmanager/aws4_request, "), "{authorization}");
    let signature = authorization.rsplit("Signature=").next().unwrap();
    assert!(signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit()), "{signature}");
    assert_eq!(asked.header("x-amz-date").map(str::len), Some("20260322T022406Z".len()));
}

#[test]
fn missing_credentials_are_told() {
    with("missing_credentials_are_told", &[], without_keys());
}

async fn without_keys() {
    let server = Server::start(answer).await;
    let error = resolver(&server).resolve("slot", &reference("aws:prod/web#password")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthorised, "{error}");
    assert!(error.to_string().contains("no credentials"), "{error}");
    assert_eq!(server.lines(), Vec::<String>::new());
}

#[test]
fn a_missing_region_is_told() {
    with("a_missing_region_is_told", &KEYS, without_region());
}

async fn without_region() {
    let aws = Some(AwsConfig::default());
    let resolver = Resolver::new(ResolverConfig { aws, ..ResolverConfig::default() }, policy).unwrap();
    let error = resolver.resolve("slot", &reference("aws:prod/web#password")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid, "{error}");
    assert!(error.to_string().contains("region"), "{error}");
}

#[test]
fn an_address_without_anybody_is_told() {
    with("an_address_without_anybody_is_told", &KEYS, nobody_there());
}

async fn nobody_there() {
    let server = Server::start(answer).await;
    let resolver = resolver(&server);
    drop(server);
    tokio::task::yield_now().await;
    let error = resolver.resolve("slot", &reference("aws:prod/web#password")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Transient, "{error}");
    assert!(error.to_string().contains("out of reach"), "{error}");
}
