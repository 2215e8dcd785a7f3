use std::fmt;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use resilience::retry::Idempotency;
use serde::Serialize;

use crate::error::Cause;

/// The header that carries the identity of what the request belongs to.
pub const CORRELATION_HEADER: &str = "x-correlation-id";

/// What to ask of whom. Its `Debug` form shows the method and nothing that could be secret.
#[derive(Clone)]
pub struct Request {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    idempotency: Idempotency,
}

/// A request whose parts were checked.
pub(crate) struct Checked {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// `url` is whole, with `http` or `https`. `idempotency` says whether doing it twice would do harm: what may be
    /// tried again hangs on it, not on the method.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>, idempotency: Idempotency) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: Bytes::new(), idempotency }
    }

    /// Adds a header. A name that comes twice is sent twice.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends `id` as [`CORRELATION_HEADER`].
    #[must_use]
    pub fn correlation(self, id: impl Into<String>) -> Self {
        self.header(CORRELATION_HEADER, id)
    }

    #[must_use]
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Sends `value` as JSON.
    ///
    /// # Errors
    /// When `value` has no form in JSON, as a map whose keys are not text.
    pub fn json(self, value: &impl Serialize) -> Result<Self, Cause> {
        let body = serde_json::to_vec(value).map_err(|_| Cause::Request("its body has no form in JSON"))?;
        Ok(self.body("application/json", body))
    }

    #[must_use]
    pub const fn idempotency(&self) -> Idempotency {
        self.idempotency
    }

    pub(crate) fn check(&self) -> Result<Checked, Cause> {
        Ok(Checked {
            method: self.method.clone(),
            url: self.address()?,
            headers: self.checked_headers()?,
            body: self.body.clone(),
        })
    }

    fn address(&self) -> Result<Url, Cause> {
        let url = Url::parse(&self.url).map_err(|_| Cause::Request("its address is not a URL"))?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(url),
            _ => Err(Cause::Request("its address does not begin with http:// or https:// and a host")),
        }
    }

    fn checked_headers(&self) -> Result<HeaderMap, Cause> {
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name.as_str())
                .map_err(|_| Cause::Request("one of its headers has a name that HTTP does not allow"))?;
            let mut value = HeaderValue::try_from(value.as_str())
                .map_err(|_| Cause::Request("one of its headers has a value that HTTP does not allow"))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(headers)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
