use axum::Json;
use axum::extract::State;

use super::Paging;
use crate::body::Asked;
use crate::model::{PairSpreadPage, RegimeChangePage, SpreadPage};
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

/// Pairs that came apart, newest first.
#[utoipa::path(get, path = "/api/v1/pairs", tag = "market", params(Paging), responses((status = 200, body = PairSpreadPage)))]
pub(super) async fn pairs(
    State(state): State<AppState>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<PairSpreadPage>, Problem> {
    let cut = paging.cut()?;
    state.read(move |history| history.pairs(&cut)).await.map(Json)
}

/// Changes of how wide bid and ask are apart, newest first.
#[utoipa::path(get, path = "/api/v1/regimes", tag = "market", params(Paging), responses((status = 200, body = RegimeChangePage)))]
pub(super) async fn regimes(
    State(state): State<AppState>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<RegimeChangePage>, Problem> {
    let cut = paging.cut()?;
    state.read(move |history| history.regimes(&cut)).await.map(Json)
}
