use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Status;
use crate::state::AppState;

/// A word for load balancers and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Health {
    status: Status,
    version: String,
    /// What is missing, one sentence each.
    missing: Vec<String>,
}

/// How the program is doing as a whole; 503 when it is unhealthy.
#[utoipa::path(
    get, path = "/health", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn health(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let missing = state.platform.readiness().missing;
    let overview = state.platform.overview();
    answer(overview.status, overview.version, missing)
}

/// Whether the process answers at all.
#[utoipa::path(get, path = "/health/live", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(super) async fn health_live(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    answer(Status::Healthy, state.platform.overview().version, Vec::new())
}

/// As `/health/live`.
#[utoipa::path(get, path = "/live", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(super) async fn live(state: State<AppState>) -> (StatusCode, Json<Health>) {
    health_live(state).await
}

/// Whether requests should be sent here; 503 with what is missing when not.
#[utoipa::path(
    get, path = "/health/ready", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn health_ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let missing = state.platform.readiness().missing;
    let status = if missing.is_empty() { Status::Healthy } else { Status::Unhealthy };
    answer(status, state.platform.overview().version, missing)
}

/// As `/health/ready`.
#[utoipa::path(
    get, path = "/ready", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn ready(state: State<AppState>) -> (StatusCode, Json<Health>) {
    health_ready(state).await
}

fn answer(status: Status, version: String, missing: Vec<String>) -> (StatusCode, Json<Health>) {
    let code = if status == Status::Unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(Health { status, version, missing }))
}
