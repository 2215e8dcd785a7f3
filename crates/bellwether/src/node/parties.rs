//! Whether what the configuration says of Vault and of traces can be used at all, by the word of those who will use
//! it: what `config check` lets pass must not be refused when the node starts.

use super::outside;
use crate::config::{Config, Flaw, is_reference};
use crate::telemetry::trace_config;

/// What is wrong with the parties that the configuration names.
pub(crate) fn check(config: &Config) -> Vec<Flaw> {
    let flaws = [traces(config), vault(config)];
    flaws.into_iter().flatten().collect()
}

fn traces(config: &Config) -> Vec<Flaw> {
    if !config.tracing.enabled || is_reference(config.tracing_endpoint()) {
        return Vec::new();
    }
    let refused = trace_config(config).check().err();
    let flaw = |error: telemetry::TracesError| {
        let path = match error {
            telemetry::TracesError::Endpoint(_) => "tracing.endpoint",
            _ => "tracing.enabled",
        };
        Flaw::of(path, format!("cannot be used: {error}"), "")
    };
    refused.map(flaw).into_iter().collect()
}

fn vault(config: &Config) -> Vec<Flaw> {
    let vault = &config.vault;
    // That it needs a way in is said elsewhere.
    if vault.address.is_empty()
        || is_reference(vault.address.reveal())
        || (vault.token.is_empty() && vault.role.is_empty())
    {
        return Vec::new();
    }
    let checked = outside::vault(config).and_then(|known| match known {
        Some(vault) => Ok(vault.check()?),
        None => Ok(()),
    });
    let path = |error: &anyhow::Error| match error.downcast_ref() {
        Some(secrets::ConfigError::TokenPlace(_)) => "vault.token",
        Some(secrets::ConfigError::Empty(_)) => "vault.role",
        _ => "vault.address",
    };
    checked
        .err()
        .map(|error| Flaw::of(path(&error), format!("cannot be used: {error:#}"), ""))
        .into_iter()
        .collect()
}
