//! A Vault as it answers when all is well, and resolvers that ask it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outbound::HttpConfig;
use resilience::policy::{Policy, PolicyConfig, Surroundings, TimeoutConfig};
use secrets::{Environment, Resolver, ResolverConfig, Secret, SecretRef, VaultAuth, VaultConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Asked, Reply, Server, Shared};

/// A deadline that is meant to pass.
pub(crate) const SOON: Duration = Duration::from_millis(60);

pub(crate) const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.pod";

/// What the Vault of a test has and whom it lets in.
#[derive(Clone, Default)]
pub(crate) struct Shelves {
    /// By `<mount>/data/<path>`.
    pub(crate) secrets: Shared<BTreeMap<String, Value>>,
    /// Tokens with the seconds of their lease. 0: for ever.
    pub(crate) tokens: Shared<BTreeMap<String, u64>>,
    /// The lease of the tokens that a login gives.
    pub(crate) lease: u64,
}

impl Shelves {
    pub(crate) fn new(lease: u64) -> Self {
        let shelves = Self { lease, ..Self::default() };
        shelves.put("kv/data/apps/web", json!({ "password": "one", "port": 5432, "tls": true, "list": [1] }));
        shelves.tokens.lock().unwrap().insert("root".to_owned(), 0);
        shelves
    }

    pub(crate) fn put(&self, path: &str, data: Value) {
        self.secrets.lock().unwrap().insert(path.to_owned(), data);
    }

    pub(crate) async fn open(&self) -> Server {
        let shelves = self.clone();
        Server::start(move |asked| shelves.answer(asked)).await
    }

    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        let token = asked.header("x-vault-token").unwrap_or_default();
        let lease = self.tokens.lock().unwrap().get(token).copied();
        match (asked.line.as_str(), lease) {
            ("POST /v1/auth/kubernetes/login", _) => self.login(&asked.body),
            (_, None) => Reply::Json(403, json!({ "errors": ["permission denied"] }).to_string()),
            ("GET /v1/auth/token/lookup-self", Some(lease)) => looked_up(token, lease),
            ("POST /v1/auth/token/renew-self", Some(0)) => {
                Reply::Json(400, json!({ "errors": ["lease is not renewable"] }).to_string())
            }
            ("POST /v1/auth/token/renew-self", Some(lease)) => opened(token, lease),
            (line, Some(_)) => self.secret(line.trim_start_matches("GET /v1/")),
        }
    }

    fn login(&self, body: &str) -> Reply {
        let login: Value = serde_json::from_str(body).unwrap();
        if login != json!({ "role": "trader", "jwt": JWT }) {
            return Reply::Json(403, json!({ "errors": ["permission denied"] }).to_string());
        }
        let mut tokens = self.tokens.lock().unwrap();
        let token = format!("hvs.{}", tokens.len());
        tokens.insert(token.clone(), self.lease);
        opened(&token, self.lease)
    }

    fn secret(&self, path: &str) -> Reply {
        match self.secrets.lock().unwrap().get(path) {
            Some(data) => Reply::Json(200, version(data, "").to_string()),
            None => Reply::Json(404, json!({ "errors": [] }).to_string()),
        }
    }
}

/// A version of a secret as KV version 2 gives it.
pub(crate) fn version(data: &Value, deletion_time: &str) -> Value {
    json!({
        "request_id": "9d2f5c06-7e1c-9e34-8d24-1d5ae21d9f9a",
        "lease_id": "",
        "renewable": false,
        "lease_duration": 0,
        "data": {
            "data": data,
            "metadata": {
                "created_time": "2026-03-22T02:24:06.945319214Z",
                "custom_metadata": null,
                "deletion_time": deletion_time,
                "destroyed": false,
                "version": 2
            }
        },
        "wrap_info": null,
        "warnings": null,
        "auth": null
    })
}

fn looked_up(token: &str, ttl: u64) -> Reply {
    let data = json!({
        "accessor": "8609694a-cdbc-db9b-d345-e782dbb562ed",
        "creation_time": 1_523_979_354,
        "creation_ttl": ttl,
        "display_name": "token",
        "expire_time": null,
        "explicit_max_ttl": 0,
        "id": token,
        "num_uses": 0,
        "policies": ["default"],
        "renewable": ttl > 0,
        "ttl": ttl
    });
    Reply::Json(200, json!({ "lease_id": "", "data": data, "auth": null }).to_string())
}

fn opened(token: &str, lease: u64) -> Reply {
    let auth = json!({
        "client_token": token,
        "accessor": "afa306d0-be3d-c8d2-b0d7-2676e1c0d9b4",
        "policies": ["default"],
        "metadata": { "role": "trader" },
        "lease_duration": lease,
        "renewable": lease > 0
    });
    Reply::Json(200, json!({ "lease_id": "", "data": null, "auth": auth }).to_string())
}

/// One try, and no bound of its own.
pub(crate) fn policy(name: &'static str) -> Policy {
    let config = PolicyConfig {
        timeout: TimeoutConfig { per_try: None, whole: None },
        retry: None,
        breaker: None,
        ..PolicyConfig::default()
    };
    Policy::new(name, &config, Surroundings::system()).unwrap()
}

pub(crate) fn vault(address: String, auth: VaultAuth) -> VaultConfig {
    VaultConfig { address, namespace: None, auth, http: HttpConfig::default() }
}

pub(crate) fn root() -> VaultAuth {
    VaultAuth::Token(SecretRef::Literal(Secret::new("root")))
}

pub(crate) fn resolver(vault: VaultConfig) -> Resolver {
    Resolver::new(ResolverConfig { vault: Some(vault), ..ResolverConfig::default() }, policy).unwrap()
}

/// The identity of a pod, in a file.
pub(crate) fn pod(jwt: &str) -> (TempDir, VaultAuth) {
    let (directory, jwt_file) = file(&format!("{jwt}\n"));
    let auth = VaultAuth::Kubernetes { role: "trader".into(), mount: "kubernetes".into(), jwt_file };
    (directory, auth)
}

pub(crate) fn file(content: &str) -> (TempDir, PathBuf) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("content");
    std::fs::write(&path, content).unwrap();
    (directory, path)
}

pub(crate) fn variables(variables: &[(&'static str, &str)]) -> Environment {
    let variables: BTreeMap<&str, String> =
        variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let variables = Arc::new(Mutex::new(variables));
    Environment::new(move |name| variables.lock().unwrap().get(name).cloned())
}

pub(crate) fn reference(text: &str) -> SecretRef {
    SecretRef::parse(text).unwrap()
}

/// The value that a reference leads to, or why to none.
pub(crate) async fn value(resolver: &Resolver, text: &str) -> Result<String, String> {
    match resolver.resolve("slot", &reference(text)).await {
        Ok(resolved) => Ok(resolved.secret.expose().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
