use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use outbound::{BuildError, HttpConfig};
use thiserror::Error;

use crate::reference::SecretRef;
use crate::secret::Secret;

/// Where the file with a pod's own identity stands, unless its owner chose another place.
const JWT_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The places that references may point to, besides this machine's files.
#[derive(Debug, Clone, Default)]
pub struct ResolverConfig {
    pub environment: Environment,
    pub vault: Option<VaultConfig>,
    pub aws: Option<AwsConfig>,
}

/// Which Vault, and how to get in.
#[derive(Debug, Clone)]
pub struct VaultConfig {
    /// `https://host:8200`, with a path if a proxy wants one; without user, query or fragment.
    pub address: String,
    /// Sent as `X-Vault-Namespace`.
    pub namespace: Option<String>,
    pub auth: VaultAuth,
    pub http: HttpConfig,
}

/// How this program proves to Vault who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultAuth {
    /// A token given from outside: a literal, a variable, or a file that somebody else keeps fresh.
    Token(SecretRef),
    /// The identity of a Kubernetes pod.
    Kubernetes {
        role: String,
        /// Where the auth method is mounted, usually `kubernetes`.
        mount: String,
        jwt_file: PathBuf,
    },
}

impl VaultAuth {
    /// The auth method at its usual mount, with the pod's own identity.
    #[must_use]
    pub fn kubernetes(role: impl Into<String>) -> Self {
        Self::Kubernetes {
            role: role.into(),
            mount: "kubernetes".to_owned(),
            jwt_file: PathBuf::from(JWT_FILE),
        }
    }
}

/// Which AWS Secrets Manager. Who asks is found as Amazon's tools find it: variables, profile, role of the pod or
/// machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsConfig {
    /// Unless it is set, it is found as Amazon's tools find it.
    pub region: Option<String>,
    /// Another address than Amazon's, as for a private endpoint.
    pub endpoint: Option<String>,
}

/// Why there is no resolver.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("Vault's address must be http:// or https:// with a host, and no user, query or fragment in it")]
    Address,
    #[error(
        "Vault's token cannot come from {0}: it opens that door itself; use env:, file: or the token itself"
    )]
    TokenPlace(&'static str),
    #[error("the Kubernetes {0} of Vault's login must not be empty")]
    Empty(&'static str),
    #[error("the way to Vault: {0}")]
    Http(#[from] BuildError),
}

/// The variables of the environment, or of whatever stands in for it.
#[derive(Clone)]
pub struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// `lookup` gives the value of a variable by its name.
    #[must_use]
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Secret> {
        (self.0)(name).map(Secret::new)
    }
}

impl Default for Environment {
    /// The environment of this process. A value that is not UTF-8 counts as absent.
    fn default() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Environment")
    }
}
