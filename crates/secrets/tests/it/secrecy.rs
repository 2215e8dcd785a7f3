use std::collections::BTreeMap;

use outbound::HttpConfig;
use proptest::prelude::*;
use secrets::{Resolved, Resolver, ResolverConfig, Secret, SecretRef, VaultAuth, VaultConfig};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::given::{SOON, file, policy, variables, vault, version};
use crate::server::{Asked, Reply, Server};

/// Says the secret it was asked with in every way that an answer has.
fn echo(asked: &Asked) -> Reply {
    let secret = asked.header("x-vault-token").unwrap_or_default().to_owned();
    let login: BTreeMap<String, String> = serde_json::from_str(&asked.body).unwrap_or_default();
    let jwt = login.get("jwt").cloned().unwrap_or_default();
    match asked.line.rsplit('/').next().unwrap_or_default() {
        "lookup-self" => Reply::Json(200, json!({ "data": { "ttl": 60, "renewable": true } }).to_string()),
        "login" => Reply::Json(403, json!({ "errors": [jwt] }).to_string()),
        "good" => Reply::Json(200, version(&json!({ "key": secret, "list": [secret] }), "").to_string()),
        "denied" => Reply::Json(403, json!({ "errors": [secret] }).to_string()),
        "absent" => Reply::Json(404, json!({ "errors": [secret] }).to_string()),
        "sealed" => Reply::Json(503, json!({ "errors": [secret] }).to_string()),
        "broken" => Reply::Json(200, json!({ "data": { "data": secret } }).to_string()),
        "garbage" => Reply::Raw(format!("{secret}\r\n\r\n")),
        _ => Reply::Silence,
    }
}

fn shown(resolver: &Resolver, found: &Result<Resolved, secrets::SecretError>) -> String {
    let told = found.as_ref().map_or_else(ToString::to_string, |found| found.secret.to_string());
    format!("{resolver:?} {found:?} {told}\n")
}

/// Everything that can be shown of a secret and of what became of it.
async fn all_shown(server: &Server, secret: &str) -> String {
    let http = HttpConfig { read: SOON, ..HttpConfig::default() };
    let (_directory, path) = file(secret);
    let token = VaultAuth::Token(SecretRef::File(path.clone()));
    let pod = VaultAuth::Kubernetes { role: "r".into(), mount: "k".into(), jwt_file: path.clone() };
    let mut all = String::new();
    for auth in [token, pod, VaultAuth::Token(SecretRef::Literal(Secret::new(secret)))] {
        let config = VaultConfig { http: http.clone(), ..vault(server.url(), auth) };
        let config = ResolverConfig {
            environment: variables(&[("SECRET", secret)]),
            vault: Some(config),
            ..ResolverConfig::default()
        };
        all += &format!("{config:?}");
        let resolver = Resolver::new(config, policy).unwrap();
        for path in
            ["good#key", "good#list", "denied#key", "absent#key", "sealed#key", "broken#key", "garbage#key"]
        {
            let reference = SecretRef::parse(&format!("vault:kv/{path}")).unwrap();
            all += &shown(&resolver, &resolver.resolve("slot", &reference).await);
        }
        for reference in [
            SecretRef::File(path.clone()),
            SecretRef::Env("SECRET".into()),
            SecretRef::Literal(Secret::new(secret)),
        ] {
            all += &format!("{reference} {reference:?} {}", serde_json::to_string(&reference).unwrap());
            all += &shown(&resolver, &resolver.resolve("slot", &reference).await);
            let wanted = BTreeMap::from([("a".to_owned(), reference)]);
            all += &format!("{wanted:?} {:?}", resolver.resolve_all(&wanted).await);
        }
    }
    all + &alone(secret)
}

/// A secret, and references that are none.
fn alone(secret: &str) -> String {
    let mut all = String::new();
    let alone = Secret::new(secret);
    all += &format!("{alone} {alone:?} {alone:>80} {:?}", serde_json::to_string(&[&alone]).unwrap());
    for wrong in ["env:-", "file:", "vault:", "vault:kv/", "aws: "] {
        let text = format!("{wrong}{secret}");
        all += &format!("{:?}", SecretRef::parse(&text).map_err(|error| format!("{error} {error:?}")));
        let json = serde_json::to_string(&text).unwrap();
        all += &format!("{:?}", serde_json::from_str::<SecretRef>(&json));
        all += &format!(
            "{:?}",
            serde_json::from_str::<Secret>(&format!("[{json}]")).map_err(|error| error.to_string())
        );
    }
    all
}

#[test]
fn no_secret_shows() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(echo));
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(secret in "[a-z]{4}[A-Za-z0-9+=.]{8,40}")| {
        let shown = runtime.block_on(all_shown(&server, &secret));
        prop_assert!(!shown.contains(&secret), "{}", shown);
        prop_assert!(shown.contains("***"));
    });
}
