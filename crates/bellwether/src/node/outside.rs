//! The ways out of the program, as the configuration says them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use outbound::HttpConfig;
use resilience::{Failure, Kind};
use secrets::{
    AwsConfig, Environment, Resolver, ResolverConfig, SecretError, SecretErrors, SecretRef, VaultAuth,
    VaultConfig,
};

use super::policies::{Party, Policies};
use crate::config::{Config, Loaded};

/// Deadlines and pool of every HTTP client.
pub(crate) fn http(config: &Config) -> HttpConfig {
    let http = &config.http;
    let read = Duration::from_millis(http.read_timeout_ms);
    let write = Duration::from_millis(http.write_timeout_ms);
    HttpConfig {
        connect: Duration::from_millis(http.connect_timeout_ms),
        read,
        write,
        exchange: read.saturating_add(write),
        connections: http.max_connections,
        keep_alive: http.keep_alive_connections,
        ..HttpConfig::default()
    }
}

/// Who fetches secrets from where the configuration says.
pub(crate) fn resolver(config: &Config, policies: &Policies) -> Result<Resolver> {
    let aws = &config.aws;
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let known = ResolverConfig {
        environment: Environment::default(),
        vault: vault(config)?,
        aws: Some(AwsConfig { region: optional(&aws.region), endpoint: optional(aws.endpoint.reveal()) }),
    };
    let (of_vault, of_aws) = (policies.of(Party::Vault)?, policies.of(Party::Aws)?);
    let policy = |party: &'static str| if party == "aws" { of_aws.clone() } else { of_vault.clone() };
    Resolver::new(known, policy).context("secrets cannot be fetched")
}

pub(super) fn vault(config: &Config) -> Result<Option<VaultConfig>> {
    let vault = &config.vault;
    if vault.address.is_empty() {
        return Ok(None);
    }
    let auth = if vault.role.is_empty() {
        VaultAuth::Token(SecretRef::parse(vault.token.reveal()).context("`vault.token`")?)
    } else {
        VaultAuth::Kubernetes {
            role: vault.role.clone(),
            mount: vault.mount.clone(),
            jwt_file: PathBuf::from(&vault.jwt_file),
        }
    };
    Ok(Some(VaultConfig {
        address: vault.address.reveal().to_owned(),
        namespace: (!vault.namespace.is_empty()).then(|| vault.namespace.clone()),
        auth,
        http: http(config),
    }))
}

/// The configuration with every secret that it only refers to. Those of Vault's own door are fetched by whoever
/// opens it.
///
/// # Errors
/// Every secret that cannot be had, or cannot be used, at once. Where `known` has what was fetched from the same place
/// before, a place that does not answer now does no harm.
pub(crate) async fn with_secrets(
    loaded: Loaded,
    resolver: &Resolver,
    known: Option<&Loaded>,
) -> Result<Loaded> {
    let mut wanted = BTreeMap::new();
    for (path, text) in loaded.secret_slots() {
        if path != "vault.token" {
            wanted.insert(path.to_owned(), SecretRef::parse(&text).with_context(|| format!("`{path}`"))?);
        }
    }
    let mut loaded = loaded;
    let found = match resolver.resolve_all(&wanted).await {
        Ok(found) => found,
        Err(SecretErrors(failed)) => {
            let Some(kept) = known.and_then(|known| kept(&failed, &loaded, known)) else {
                return Err(SecretErrors(failed).into());
            };
            for (error, secret) in failed.iter().zip(kept) {
                tracing::warn!("the secret that was fetched before holds: {error}");
                loaded = loaded.with_secret(&error.slot, &secret)?;
                wanted.remove(&error.slot);
            }
            resolver.resolve_all(&wanted).await?
        }
    };
    for (path, resolved) in found {
        if let Some(warning) = &resolved.warning {
            tracing::warn!(target: "security", kind = "secret", setting = path, "{warning}");
        }
        loaded = loaded.with_secret(&path, resolved.secret.expose())?;
    }
    Ok(loaded)
}

/// What was fetched before for each of those, if all of them failed only because nobody answers.
fn kept(failed: &[SecretError], loaded: &Loaded, known: &Loaded) -> Option<Vec<String>> {
    let secret = |error: &SecretError| {
        let is_away = error.kind().is_outage() || matches!(error.kind(), Kind::RateLimited { .. });
        let reference = loaded.reference(&error.slot).filter(|_| is_away)?;
        known.fetched_from(&error.slot, reference).map(str::to_owned)
    };
    failed.iter().map(secret).collect()
}
