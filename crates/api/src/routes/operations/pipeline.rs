use axum::Json;
use axum::extract::State;

use crate::auth::Operator;
use crate::model::operations::PipelineView;
use crate::state::AppState;

/// What became of every item, edge by edge and stream by stream, since the program was started.
#[utoipa::path(
    get, path = "/api/v1/operations/pipeline", tag = "operations",
    responses((status = 200, body = PipelineView))
)]
pub(in crate::routes) async fn pipeline(State(state): State<AppState>, _who: Operator) -> Json<PipelineView> {
    Json(state.operations.pipeline())
}
