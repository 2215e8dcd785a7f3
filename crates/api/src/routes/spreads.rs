use axum::Json;
use axum::extract::State;

use super::Paging;
use crate::body::Asked;
use crate::model::SpreadPage;
use crate::problem::Problem;
use crate::state::AppState;

/// Spreads between venues, newest first.
#[utoipa::path(get, path = "/api/v1/spreads", tag = "market", params(Paging), responses((status = 200, body = SpreadPage)))]
pub(super) async fn spreads(
    State(state): State<AppState>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<SpreadPage>, Problem> {
    let cut = paging.cut()?;
    state.read(move |history| history.spreads(&cut)).await.map(Json)
}
