use axum::Json;
use axum::extract::State;

use crate::model::InstrumentList;
use crate::state::AppState;

/// Every instrument that is known.
#[utoipa::path(get, path = "/api/v1/instruments", tag = "market", responses((status = 200, body = InstrumentList)))]
pub(super) async fn instruments(State(state): State<AppState>) -> Json<InstrumentList> {
    Json(InstrumentList { items: state.platform.instruments().to_vec() })
}
