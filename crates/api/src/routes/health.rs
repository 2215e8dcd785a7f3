use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::may_see_detail;
use crate::model::Status;
use crate::model::operations::{HealthDetail, HealthSummary, SummaryComponent};
use crate::problem::Problem;
use crate::state::AppState;

/// A word for load balancers and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Health {
    status: Status,
    version: String,
    /// The components that are missing.
    missing: Vec<String>,
}

/// How the program is doing as a whole; 503 when it is unhealthy.
#[utoipa::path(
    get, path = "/health", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn health(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let detail = state.operations.health();
    answer(&state, detail.status, detail.missing)
}

/// Whether the process answers at all.
#[utoipa::path(get, path = "/health/live", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(super) async fn health_live(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    answer(&state, Status::Healthy, Vec::new())
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
    let HealthDetail { ready, missing, .. } = state.operations.health();
    answer(&state, if ready { Status::Healthy } else { Status::Unhealthy }, missing)
}

/// As `/health/ready`.
#[utoipa::path(
    get, path = "/ready", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn ready(state: State<AppState>) -> (StatusCode, Json<Health>) {
    health_ready(state).await
}

/// Every component: names and statuses for everybody, all that is known for operators. 503 when unhealthy.
#[utoipa::path(
    get, path = "/health/detailed", tag = "health", security((), ("token" = [])),
    responses((status = 200, body = HealthSummary), (status = 503, body = HealthSummary))
)]
pub(super) async fn health_detailed(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<HealthSummary>), Problem> {
    let may_see = may_see_detail(&state, &headers).await?;
    let detail = state.operations.health();
    let components = detail
        .components
        .iter()
        .filter(|component| component.is_public)
        .map(|component| SummaryComponent { name: component.name.clone(), status: component.status })
        .collect();
    let summary = HealthSummary {
        status: detail.status,
        version: state.version.clone(),
        components,
        detail: may_see.then_some(detail),
    };
    Ok((code(summary.status), Json(summary)))
}

fn answer(state: &AppState, status: Status, missing: Vec<String>) -> (StatusCode, Json<Health>) {
    (code(status), Json(Health { status, version: state.version.clone(), missing }))
}

fn code(status: Status) -> StatusCode {
    if status == Status::Unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}
