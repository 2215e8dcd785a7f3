use axum::Json;
use axum::extract::State;

use crate::auth::Operator;
use crate::model::operations::{ConfigurationView, Reloaded};
use crate::problem::Problem;
use crate::state::AppState;

/// Every setting, where its value comes from, and whether a reload takes a change over. Secrets are masked.
#[utoipa::path(
    get, path = "/api/v1/operations/configuration", tag = "operations",
    responses((status = 200, body = ConfigurationView))
)]
pub(in crate::routes) async fn configuration(
    State(state): State<AppState>,
    _who: Operator,
) -> Json<ConfigurationView> {
    Json(state.operations.configuration())
}

/// Reads the configuration again. With a fault anywhere nothing is changed.
#[utoipa::path(
    post, path = "/api/v1/operations/configuration/reload", tag = "operations",
    responses((status = 200, body = Reloaded))
)]
pub(in crate::routes) async fn reload(
    State(state): State<AppState>,
    who: Operator,
) -> Result<Json<Reloaded>, Problem> {
    who.changes("configuration", "reload");
    let (operations, by) = (state.operations.clone(), who.name().to_owned());
    state.blocking(move || operations.reload(&by)).await.map(Json)
}
