use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::auth::Operator;
use crate::model::operations::HealthDetail;
use crate::problem::Problem;
use crate::state::AppState;

/// Every component, its state, its history and what hangs on it.
#[utoipa::path(
    get, path = "/api/v1/operations/health", tag = "operations",
    responses((status = 200, body = HealthDetail))
)]
pub(in crate::routes) async fn operations_health(
    State(state): State<AppState>,
    _who: Operator,
) -> Json<HealthDetail> {
    Json(state.operations.health())
}

/// Asks for a check of one component now.
#[utoipa::path(
    post, path = "/api/v1/operations/health/{component}/check", tag = "operations",
    params(("component" = String, Path)),
    responses((status = 202, description = "Asked for; the outcome shows in the component"))
)]
pub(in crate::routes) async fn check_component(
    State(state): State<AppState>,
    _who: Operator,
    Path(component): Path<String>,
) -> Result<StatusCode, Problem> {
    if state.operations.check(&component) {
        return Ok(StatusCode::ACCEPTED);
    }
    Err(Problem::not_found("component"))
}
