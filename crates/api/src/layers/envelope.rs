use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::middleware::Next;
use axum::response::Response;

use super::request_id::RequestId;
use crate::problem::Problem;

/// Writes every error as a problem: the handler's own, or that of the bare status. What a handler put into JSON
/// of its own (an unhealthy report) stays as it is.
pub(super) async fn envelope(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let only_reads = request.method().is_safe();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => problem,
        None if is_json(&parts.headers) => return Response::from_parts(parts, body),
        None => Problem::of_status(status),
    };
    problem.count();
    for name in [CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    problem.write(parts.headers, only_reads, id.as_ref().map_or("", RequestId::as_str))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}
