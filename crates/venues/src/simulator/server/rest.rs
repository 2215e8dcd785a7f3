use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use domain::{Span, Timestamp};

use super::Server;
use crate::simulator::counts::add;
use crate::simulator::faults::Decisions;

/// Distinguishes requests from connections where chance is drawn.
const REQUESTS: u64 = 1 << 32;

/// What was used of the quota in this minute.
#[derive(Debug, Default)]
pub(super) struct Quota {
    minute: Timestamp,
    used: u64,
}

pub(super) fn answer(server: &Server, path: &str, query: &str) -> Response<Body> {
    let number = server.requests.fetch_add(1, Ordering::SeqCst);
    let (decisions, faults) = (Decisions::new(server.seed, REQUESTS + number), server.faults());
    if decisions.happens(faults.too_many) {
        add(&server.counts.requests_refused);
        return too_many(faults.retry_after_seconds);
    }
    if decisions.happens(faults.error) {
        add(&server.counts.requests_refused);
        return plain(
            500,
            r#"{"code":-1000,"msg":"An unknown error occurred while processing the request."}"#.to_owned(),
        );
    }
    let answer = server.dialect.answer(path, query, &server.world());
    let now = server.clock.now();
    if let Some(seconds) = server.spend(answer.weight, now) {
        add(&server.counts.requests_refused);
        return too_many(seconds);
    }
    if answer.is_snapshot {
        add(&server.counts.snapshots);
    }
    plain(answer.status, answer.body)
}

impl Server {
    /// Seconds until there is room again, when there is none.
    fn spend(&self, weight: u64, now: Timestamp) -> Option<u64> {
        let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.floor_to(Span::MINUTE);
        if quota.minute != minute {
            *quota = Quota { minute, used: 0 };
        }
        quota.used += weight;
        let left = minute.plus(Span::MINUTE).since(now).millis() / 1_000 + 1;
        (quota.used > self.dialect.weight_per_minute()).then(|| u64::try_from(left).unwrap_or(1))
    }
}

pub(super) fn too_many(seconds: u64) -> Response<Body> {
    let body = r#"{"code":-1003,"msg":"Too many requests."}"#.to_owned();
    let mut response = plain(429, body);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

pub(super) fn plain(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
