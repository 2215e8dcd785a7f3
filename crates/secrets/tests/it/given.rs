//! A Vault that answers when all is well, and resolvers that ask it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outbound::HttpConfig;
use resilience::policy::{Policy, PolicyConfig, Surroundings, TimeoutConfig};
use secrets::{Environment, Resolver, ResolverConfig, Secret, SecretRef, VaultAuth, VaultConfig};
use tempfile::TempDir;

use crate::server::{Asked, Reply, Server};
pub(crate) use crate::shelves::{JWT, Shelves, version};

/// A deadline that is meant to pass.
pub(crate) const SOON: Duration = Duration::from_millis(60);

impl Shelves {
    pub(crate) async fn open(&self) -> Server {
        let shelves = self.clone();
        Server::start(move |asked| shelves.reply(asked)).await
    }

    pub(crate) fn reply(&self, asked: &Asked) -> Reply {
        let (status, body) =
            self.answer(&asked.line, asked.header("x-vault-token").unwrap_or_default(), &asked.body);
        Reply::Json(status, body)
    }
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
