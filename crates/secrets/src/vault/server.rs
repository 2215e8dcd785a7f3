//! What is said to Vault and what comes back.

use std::time::Duration;

use outbound::{Client, Method, Request, Url};
use resilience::Kind;
use resilience::policy::Policy;
use resilience::retry::Idempotency;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::session::{Door, Grant};
use super::told::{self, Asked};
use crate::config::{ConfigError, Environment, VaultAuth, VaultConfig};
use crate::error::Fault;
use crate::field::Fields;
use crate::local;
use crate::reference::SecretRef;
use crate::secret::Secret;

#[derive(Debug)]
pub(crate) struct Server {
    client: Client,
    address: Url,
    namespace: Option<String>,
    auth: VaultAuth,
    environment: Environment,
}

/// The part of every answer that has the data.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// A KV version 2 secret.
#[derive(Deserialize)]
struct Version {
    data: Option<Fields>,
}

/// What a token says of itself.
#[derive(Deserialize)]
struct Lookup {
    ttl: u64,
    #[serde(default)]
    renewable: bool,
}

/// The answer to a login or a renewal.
#[derive(Deserialize)]
struct Opened {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    client_token: Secret,
    lease_duration: u64,
    renewable: bool,
}

impl Server {
    pub(crate) fn new(
        config: VaultConfig,
        environment: Environment,
        policy: Policy,
    ) -> Result<Self, ConfigError> {
        let VaultConfig { address, namespace, auth, http } = config;
        Ok(Self {
            client: Client::new(http, policy)?,
            address: parse(&address)?,
            namespace,
            auth,
            environment,
        })
    }

    pub(crate) async fn read(&self, token: &Secret, mount: &str, path: &str) -> Result<Fields, Fault> {
        let parts = [mount, "data"].into_iter().chain(path.split('/'));
        let request = self.request(Method::GET, parts, Some(token));
        let version: Data<Version> = self.ask(&request, Asked::Secret { mount, path }).await?;
        version.data.data.ok_or_else(told::deleted)
    }

    async fn token_login(&self, place: &SecretRef) -> Result<Grant, Fault> {
        let token = self.own_token(place).await?;
        let request = self.request(Method::GET, ["auth", "token", "lookup-self"], Some(&token));
        let found: Result<Data<Lookup>, Fault> = self.ask(&request, Asked::Lookup).await;
        match found {
            Ok(Data { data: Lookup { ttl, renewable } }) => {
                Ok(Grant { token, lease: lease(ttl), is_renewable: renewable })
            }
            // it may be good for reading and nothing else: reading will show
            Err(fault) if fault.kind == Kind::Unauthorised => {
                tracing::warn!("Vault's token cannot be renewed: {fault}");
                Ok(Grant { token, lease: None, is_renewable: false })
            }
            Err(fault) => Err(fault),
        }
    }

    async fn own_token(&self, place: &SecretRef) -> Result<Secret, Fault> {
        let about = |fault: Fault| Fault { what: format!("Vault's token ({place}): {fault}"), ..fault };
        match place {
            SecretRef::Literal(token) => Ok(token.clone()),
            SecretRef::Env(name) => local::variable(&self.environment, name).map_err(about),
            SecretRef::File(path) => local::file(path).await.map(|(token, _)| token).map_err(about),
            SecretRef::Vault { .. } | SecretRef::Aws { .. } => {
                Err(about(Fault::invalid("that place is not allowed")))
            }
        }
    }

    async fn kubernetes_login(
        &self,
        role: &str,
        mount: &str,
        jwt_file: &std::path::Path,
    ) -> Result<Grant, Fault> {
        let (jwt, _) = local::file(jwt_file).await.map_err(|fault| Fault {
            what: format!("the pod's identity for Vault (file:{}): {fault}", jwt_file.display()),
            ..fault
        })?;
        let parts = ["auth"].into_iter().chain(mount.split('/')).chain(["login"]);
        let request = self
            .request(Method::POST, parts, None)
            .json(&json!({ "role": role, "jwt": jwt.expose() }))
            .map_err(|cause| Fault::invalid(cause.to_string()))?;
        let opened: Opened = self.ask(&request, Asked::Login { role, mount }).await?;
        Ok(opened.grant())
    }

    /// Doing any of what is asked here twice does no harm: a token too many ends by itself.
    fn request<'a>(
        &self,
        method: Method,
        parts: impl IntoIterator<Item = &'a str>,
        token: Option<&Secret>,
    ) -> Request {
        let mut url = self.address.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v1").extend(parts);
        }
        let mut request =
            Request::new(method, url, Idempotency::Idempotent).header("x-vault-request", "true");
        if let Some(namespace) = &self.namespace {
            request = request.header("x-vault-namespace", namespace);
        }
        match token {
            Some(token) => request.header("x-vault-token", token.expose()),
            None => request,
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: &Request, asked: Asked<'_>) -> Result<T, Fault> {
        self.client.send_json(request).await.map_err(|error| told::fault(&error, &asked))
    }
}

impl Door for Server {
    async fn login(&self) -> Result<Grant, Fault> {
        match &self.auth {
            VaultAuth::Token(place) => self.token_login(place).await,
            VaultAuth::Kubernetes { role, mount, jwt_file } => {
                self.kubernetes_login(role, mount, jwt_file).await
            }
        }
    }

    async fn renew(&self, token: &Secret) -> Result<Grant, Fault> {
        let request = self
            .request(Method::POST, ["auth", "token", "renew-self"], Some(token))
            .body("application/json", "{}");
        let opened: Opened = self.ask(&request, Asked::Renewal).await?;
        Ok(opened.grant())
    }
}

impl Opened {
    fn grant(self) -> Grant {
        let Auth { client_token, lease_duration, renewable } = self.auth;
        Grant { token: client_token, lease: lease(lease_duration), is_renewable: renewable }
    }
}

/// Vault says "for ever" with a zero.
fn lease(seconds: u64) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

pub(super) fn parse(address: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(address).map_err(|_| ConfigError::Address)?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_web && is_bare { Ok(url) } else { Err(ConfigError::Address) }
}
