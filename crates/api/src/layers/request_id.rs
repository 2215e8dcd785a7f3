use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};
use uuid::Uuid;

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const CHARACTERS_MAX: usize = 64;

/// The id of one request: what the caller sent, when it can do no harm in a log, or one of ours.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Makes ids that no other request of this process has, and hardly one of another.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    made: AtomicU64,
    seed: RandomState,
}

impl RequestIds {
    pub(super) fn of(&self, headers: &HeaderMap) -> RequestId {
        let sent = headers.get(X_REQUEST_ID).filter(|value| is_sane(value.as_bytes()));
        RequestId(sent.cloned().unwrap_or_else(|| self.make()))
    }

    fn make(&self) -> HeaderValue {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        // The seed differs from process to process; the hash makes ids that cannot be counted up.
        let (high, low) = (self.seed.hash_one((number, 0)), self.seed.hash_one((number, 1)));
        let id = uuid::Builder::from_random_bytes(Uuid::from_u64_pair(high, low).into_bytes()).into_uuid();
        HeaderValue::try_from(id.to_string()).unwrap_or(HeaderValue::from_static("none"))
    }
}

fn is_sane(text: &[u8]) -> bool {
    (1..=CHARACTERS_MAX).contains(&text.len())
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}
