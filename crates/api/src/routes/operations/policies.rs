use axum::Json;
use axum::extract::{Path, State};

use super::{REASON_CHARACTERS_MAX, problem};
use crate::auth::Operator;
use crate::body::{Body, Fields, FromFields};
use crate::model::operations::{BreakerRequest, PolicyView};
use crate::problem::Problem;
use crate::state::AppState;

/// How each dependency is called, and how that goes.
#[utoipa::path(
    get, path = "/api/v1/operations/policies", tag = "operations",
    responses((status = 200, body = Vec<PolicyView>))
)]
pub(in crate::routes) async fn policies(
    State(state): State<AppState>,
    _who: Operator,
) -> Json<Vec<PolicyView>> {
    Json(state.operations.policies())
}

/// Opens, closes or resets the circuit breaker of a policy by hand.
#[utoipa::path(
    post, path = "/api/v1/operations/policies/{name}/breaker", tag = "operations",
    params(("name" = String, Path)),
    request_body = BreakerRequest,
    responses((status = 200, body = PolicyView))
)]
pub(in crate::routes) async fn set_breaker(
    State(state): State<AppState>,
    who: Operator,
    Path(name): Path<String>,
    Body(BreakerRequest { action, reason }): Body<BreakerRequest>,
) -> Result<Json<PolicyView>, Problem> {
    who.changes("breaker", &name);
    let changed = state.operations.breaker(&name, action, &reason, who.name());
    changed.map(Json).map_err(|error| problem(error, "policy"))
}

impl FromFields for BreakerRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (action, reason) = (fields.required("action"), fields.text("reason", REASON_CHARACTERS_MAX));
        Some(Self { action: action?, reason: reason? })
    }
}
