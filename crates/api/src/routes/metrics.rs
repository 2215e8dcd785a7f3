use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::problem::Problem;
use crate::state::AppState;

/// Figures for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    if !state.config.serves_metrics {
        return Problem::not_found("page: metrics are switched off").into_response();
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.operations.metrics_text())
        .into_response()
}

/// As `/metrics`.
#[utoipa::path(
    get, path = "/health/metrics", tag = "health", security(()),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub(super) async fn health_metrics(state: State<AppState>) -> Response {
    metrics(state).await
}

/// The same figures for people and programs: by area, with average, percentiles and maximum.
#[utoipa::path(
    get, path = "/api/v1/metrics", tag = "program",
    responses((status = 200, body = Value, description = "Areas, and in each the metrics by name"))
)]
pub(super) async fn metrics_json(State(state): State<AppState>) -> Json<Value> {
    Json(state.operations.metrics_json())
}
