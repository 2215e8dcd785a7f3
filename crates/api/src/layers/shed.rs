use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::Problem;
use crate::state::AppState;

/// Refuses what would be one request in progress too many. The platform's own questions pass: a full house is
/// alive, and a restart would not empty it.
pub(super) async fn shed(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if is_probe(request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let Ok(_permit) = state.requests.try_acquire() else {
        metrics::counter!("http_requests_shed_total").increment(1);
        return Err(Problem::busy("too many requests are in progress; try again"));
    };
    Ok(next.run(request).await)
}

fn is_probe(path: &str) -> bool {
    path == "/health" || path.starts_with("/health/") || matches!(path, "/live" | "/ready" | "/metrics")
}
