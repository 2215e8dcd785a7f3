use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::request_id::X_REQUEST_ID;
use crate::state::AppState;

/// The label of requests that no route matched: the path itself is the caller's to choose, so it is no label.
const UNMATCHED: &str = "unmatched";

/// Gives the request its id, and counts, times and logs the answer.
pub(super) async fn observe(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = state.request_ids.of(request.headers());
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request_id = id.as_str(), method, route);
    request.extensions_mut().insert(id.clone());

    let started = state.clock.now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let nanos = u64::try_from(state.clock.now().since(started).nanos()).unwrap_or_default();

    response.headers_mut().insert(X_REQUEST_ID, id.header());
    let took = Duration::from_nanos(nanos);
    span.in_scope(|| log(response.status(), took, state.slow_after()));
    record(method, route, response.status(), took);
    response
}

fn log(status: StatusCode, took: Duration, slow_after: Duration) {
    let (status, milliseconds) = (status.as_u16(), took.as_secs_f64() * 1e3);
    if took >= slow_after {
        tracing::warn!(target: "slow", status, milliseconds, "a request took long");
    }
    if status >= 500 {
        tracing::warn!(status, milliseconds, "answered");
    } else {
        tracing::debug!(status, milliseconds, "answered");
    }
}

fn record(method: &'static str, route: String, status: StatusCode, took: Duration) {
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.as_str().to_owned())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(took.as_secs_f64());
}

/// Methods are the caller's to invent; the ones that mean something here are the labels.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
