use axum::Json;
use axum::extract::State;

use crate::model::Overview;
use crate::state::AppState;

/// The state of the whole program.
#[utoipa::path(get, path = "/api/v1/overview", tag = "program", responses((status = 200, body = Overview)))]
pub(super) async fn overview(State(state): State<AppState>) -> Json<Overview> {
    Json(state.platform.overview())
}
