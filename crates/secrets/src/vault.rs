//! HashiCorp Vault: one session, and the secrets that it may read.

mod server;
mod session;
mod told;

use std::future::Future;
use std::time::Duration;

use resilience::Kind;
use resilience::policy::Policy;

use crate::config::{ConfigError, Environment, VaultAuth, VaultConfig};
use crate::error::Fault;
use crate::field::Fields;
use crate::reference::SecretRef;
use server::Server;
use session::Session;

/// How it stands with the token that Vault gave, for whoever watches over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// How long the token is still good. `None` when it does not end, zero when it has ended.
    pub ends_in: Option<Duration>,
    pub is_renewable: bool,
    /// Renewals that failed since one succeeded.
    pub failures: u32,
}

#[derive(Debug)]
pub(crate) struct Vault {
    session: Session<Server>,
}

impl Vault {
    pub(crate) fn new(
        config: VaultConfig,
        environment: Environment,
        policy: Policy,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { session: Session::new(Server::new(config, environment, policy)?) })
    }

    /// The newest version of a secret, with all its keys.
    pub(crate) async fn read(&self, mount: &str, path: &str) -> Result<Fields, Fault> {
        let token = self.session.token().await?;
        let result = self.session.door().read(&token, mount, path).await;
        let is_refused = result.as_ref().is_err_and(|fault| fault.kind == Kind::Unauthorised);
        if !is_refused || !self.session.forget(&token) {
            return result;
        }
        let token = self.session.token().await?;
        self.session.door().read(&token, mount, path).await
    }

    /// Keeps the token good until `stop`.
    pub(crate) async fn renew(&self, stop: impl Future<Output = ()>) {
        self.session.keep(stop).await;
    }

    pub(crate) fn lease(&self) -> Option<Lease> {
        self.session.lease()
    }
}

impl VaultConfig {
    /// Whether Vault could be asked by it at all; nobody is asked.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        check(&self.auth)?;
        server::parse(&self.address).map(drop)
    }
}

fn check(auth: &VaultAuth) -> Result<(), ConfigError> {
    match auth {
        VaultAuth::Token(SecretRef::Vault { .. }) => Err(ConfigError::TokenPlace("Vault")),
        VaultAuth::Token(SecretRef::Aws { .. }) => Err(ConfigError::TokenPlace("AWS")),
        VaultAuth::Token(_) => Ok(()),
        VaultAuth::Kubernetes { role, .. } if role.is_empty() => Err(ConfigError::Empty("role")),
        VaultAuth::Kubernetes { mount, .. } if mount.is_empty() => Err(ConfigError::Empty("mount")),
        VaultAuth::Kubernetes { .. } => Ok(()),
    }
}
