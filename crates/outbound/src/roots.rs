//! The reqwest client beneath, with the certificates that it trusts.

use std::path::Path;

use reqwest::{Certificate, ClientBuilder};

use crate::config::{BuildError, HttpConfig};
use crate::progress::TellConnecting;

/// A file of certificates that is larger is not one.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A client that trusts what the system and the configuration trust.
///
/// A machine without any root certificate can still speak plain HTTP: there every TLS connection is refused instead
/// of the client.
pub(crate) fn build(config: &HttpConfig) -> Result<reqwest::Client, BuildError> {
    let extra = match &config.root_certificates {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    let has_extra = !extra.is_empty();
    match builder(config).tls_certs_merge(extra).build() {
        Ok(client) => Ok(client),
        Err(_) if has_extra => Err(BuildError::Tls),
        Err(_) => {
            tracing::warn!("no root certificates on this machine: no TLS connection will be trusted");
            builder(config).tls_certs_only([]).build().map_err(|_| BuildError::Tls)
        }
    }
}

fn builder(config: &HttpConfig) -> ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(config.connect)
        .pool_max_idle_per_host(config.keep_alive)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connector_layer(TellConnecting)
}

fn read(path: &Path) -> Result<Vec<Certificate>, BuildError> {
    let refuse = |why: String| BuildError::Roots { path: path.to_owned(), why };
    let size = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(refuse(format!("{size} bytes are more than a file of certificates has")));
    }
    let text = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    match Certificate::from_pem_bundle(&text) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(refuse("there is no certificate in PEM form in it".to_owned())),
    }
}
