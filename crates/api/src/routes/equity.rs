use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{limit, own_account};
use crate::auth::Authenticated;
use crate::body::Asked;
use crate::model::EquityList;
use crate::problem::Problem;
use crate::state::AppState;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Latest {
    /// How many of the latest points; 100 when absent.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
}

/// What an account was worth, oldest first.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account_id}/equity", tag = "accounts",
    params(("account_id" = String, Path), Latest),
    responses((status = 200, body = EquityList))
)]
pub(super) async fn equity(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Asked(asked): Asked<Latest>,
) -> Result<Json<EquityList>, Problem> {
    let account = own_account(&state, &who, &account_id)?;
    let (access, limit) = (who.access(), limit(asked.limit)?);
    let items = state.read(move |history| history.equity(&access, account, limit)).await?;
    Ok(Json(EquityList { items }))
}
