//! What every request passes, outermost first.

mod envelope;
mod headers;
mod observe;
mod request_id;
mod shed;
mod tenant_rate;

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::problem::Problem;
use crate::state::AppState;

pub(crate) use request_id::RequestIds;
pub(crate) use tenant_rate::{TenantLimit, tenant_rate};

/// Puts the layers around `router`. Their order is the policy: whatever is refused further in is still counted,
/// logged, given an id and the shape of a problem further out.
pub(crate) fn around(router: Router, state: &AppState) -> Router {
    let config = state.config;
    let layers = ServiceBuilder::new()
        // Id, log line and metrics of every answer, whoever made it.
        .layer(from_fn_with_state(state.clone(), observe::observe))
        // Errors leave as application/problem+json.
        .layer(from_fn(envelope::envelope))
        .layer(from_fn(headers::security_headers))
        // A panic is this request's 500, not the connection's end.
        .layer(CatchPanicLayer::custom(panicked))
        // Past the limit an answer costs nothing: 503 at once instead of a queue.
        .layer(from_fn_with_state(state.clone(), shed::shed))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, config.request_timeout))
        .layer(RequestBodyLimitLayer::new(config.body_bytes_max))
        .layer(CompressionLayer::new());
    router.layer(layers)
}

/// The payload may hold anything, so it stays in the log that the panic hook wrote.
fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}
