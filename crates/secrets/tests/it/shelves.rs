//! What a Vault has and what it says, as it writes it. The tests of the program use this file too.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The identity of a pod that may log in.
pub(crate) const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.pod";

/// What the Vault of a test has and whom it lets in. Clones are the same Vault.
#[derive(Clone, Default)]
pub(crate) struct Shelves {
    /// By `<mount>/data/<path>`.
    pub(crate) secrets: Shared<BTreeMap<String, Value>>,
    /// Tokens with the seconds of their lease. 0: for ever.
    pub(crate) tokens: Shared<BTreeMap<String, u64>>,
    /// The lease of the tokens that a login gives.
    pub(crate) lease: u64,
}

type Shared<T> = Arc<Mutex<T>>;

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

    /// Status and body for a request, as `GET /v1/kv/data/app`.
    pub(crate) fn answer(&self, line: &str, token: &str, body: &str) -> (u16, String) {
        let lease = self.tokens.lock().unwrap().get(token).copied();
        let (status, said) = match (line, lease) {
            ("POST /v1/auth/kubernetes/login", _) => self.login(body),
            (_, None) => (403, json!({ "errors": ["permission denied"] })),
            ("GET /v1/auth/token/lookup-self", Some(lease)) => (200, looked_up(token, lease)),
            ("POST /v1/auth/token/renew-self", Some(0)) => {
                (400, json!({ "errors": ["lease is not renewable"] }))
            }
            ("POST /v1/auth/token/renew-self", Some(lease)) => (200, opened(token, lease)),
            (line, Some(_)) => self.secret(line.trim_start_matches("GET /v1/")),
        };
        (status, said.to_string())
    }

    fn login(&self, body: &str) -> (u16, Value) {
        let login: Value = serde_json::from_str(body).unwrap();
        if login != json!({ "role": "trader", "jwt": JWT }) {
            return (403, json!({ "errors": ["permission denied"] }));
        }
        let mut tokens = self.tokens.lock().unwrap();
        let token = format!("hvs.{}", tokens.len());
        tokens.insert(token.clone(), self.lease);
        (200, opened(&token, self.lease))
    }

    fn secret(&self, path: &str) -> (u16, Value) {
        match self.secrets.lock().unwrap().get(path) {
            Some(data) => (200, version(data, "")),
            None => (404, json!({ "errors": [] })),
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

fn looked_up(token: &str, ttl: u64) -> Value {
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
    json!({ "lease_id": "", "data": data, "auth": null })
}

fn opened(token: &str, lease: u64) -> Value {
    let auth = json!({
        "client_token": token,
        "accessor": "afa306d0-be3d-c8d2-b0d7-2676e1c0d9b4",
        "policies": ["default"],
        "metadata": { "role": "trader" },
        "lease_duration": lease,
        "renewable": lease > 0
    });
    json!({ "lease_id": "", "data": null, "auth": auth })
}
