//! Secrets: values that cannot be shown by accident, and the places they come from.
//!
//! Environment variables, mounted files, HashiCorp Vault (KV version 2) and, behind the feature `aws`, AWS Secrets
//! Manager. It is not a store: nothing is written anywhere, and a secret lives in memory only. Nothing is cached
//! either: resolving a reference again reads its place again.

#[cfg(feature = "aws")]
mod aws;
mod config;
mod error;
mod field;
mod local;
mod reference;
mod resolver;
mod secret;
mod vault;
mod weakness;

pub use config::{AwsConfig, ConfigError, Environment, ResolverConfig, VaultAuth, VaultConfig};
pub use error::{SecretError, SecretErrors};
pub use local::Warning;
pub use reference::{ReferenceError, SecretRef};
pub use resolver::{Resolved, Resolver};
pub use secret::Secret;
pub use vault::Lease;
pub use weakness::{known_default, weakness};

/// Whether this build can ask AWS Secrets Manager.
pub const AWS_IS_BUILT: bool = cfg!(feature = "aws");
