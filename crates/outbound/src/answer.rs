use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::Cause;

/// An answer, read to its end. Its `Debug` form shows the status and the size and nothing that came.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body }
    }

    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The value of a header, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON. The cause tells where it stops being what was expected, never what stands there.
    ///
    /// # Errors
    /// [`Cause::NotJson`] when the body is not JSON or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Cause> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Cause::NotJson { line: error.line(), column: error.column() })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status.as_u16())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
