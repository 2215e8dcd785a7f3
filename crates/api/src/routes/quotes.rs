use axum::Json;
use axum::extract::State;

use crate::model::QuoteList;
use crate::state::AppState;

/// The last quote of every instrument that has one.
#[utoipa::path(get, path = "/api/v1/quotes", tag = "market", responses((status = 200, body = QuoteList)))]
pub(super) async fn quotes(State(state): State<AppState>) -> Json<QuoteList> {
    Json(QuoteList { items: state.platform.quotes() })
}
