use axum::Json;
use axum::extract::{Path, State};

use super::{REASON_CHARACTERS_MAX, problem};
use crate::auth::Operator;
use crate::body::{Body, Fields, FromFields};
use crate::model::operations::{AlertBoard, AlertView, SilenceRequest};
use crate::problem::Problem;
use crate::state::AppState;

/// A week.
const MINUTES_MAX: u32 = 10_080;

/// Every alert rule, how it stands, and how people are told.
#[utoipa::path(
    get, path = "/api/v1/operations/alerts", tag = "operations",
    responses((status = 200, body = AlertBoard))
)]
pub(in crate::routes) async fn alerts(State(state): State<AppState>, _who: Operator) -> Json<AlertBoard> {
    Json(state.operations.alerts())
}

/// Tells nobody of a rule for some minutes; it is still evaluated and shown.
#[utoipa::path(
    post, path = "/api/v1/operations/alerts/{name}/silence", tag = "operations",
    params(("name" = String, Path)),
    request_body = SilenceRequest,
    responses((status = 200, body = AlertView))
)]
pub(in crate::routes) async fn silence(
    State(state): State<AppState>,
    who: Operator,
    Path(name): Path<String>,
    Body(SilenceRequest { minutes, reason }): Body<SilenceRequest>,
) -> Result<Json<AlertView>, Problem> {
    who.changes("silence", &name);
    let silenced = state.operations.silence(&name, minutes, &reason, who.name());
    silenced.map(Json).map_err(|error| problem(error, "alert"))
}

/// Ends a silence.
#[utoipa::path(
    delete, path = "/api/v1/operations/alerts/{name}/silence", tag = "operations",
    params(("name" = String, Path)),
    responses((status = 200, body = AlertView))
)]
pub(in crate::routes) async fn unsilence(
    State(state): State<AppState>,
    who: Operator,
    Path(name): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    who.changes("silence", &name);
    state.operations.unsilence(&name, who.name()).map(Json).map_err(|error| problem(error, "alert"))
}

impl FromFields for SilenceRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let minutes: Option<u32> = fields.required("minutes");
        if minutes.is_some_and(|minutes| !(1..=MINUTES_MAX).contains(&minutes)) {
            fields.fault("minutes", format!("must be 1 to {MINUTES_MAX}"));
        }
        let reason = fields.text("reason", REASON_CHARACTERS_MAX);
        Some(Self { minutes: minutes?, reason: reason? })
    }
}
