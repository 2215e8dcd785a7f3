use axum::Json;
use axum::extract::{Path, State};

use super::own_account;
use crate::auth::Authenticated;
use crate::model::Portfolio;
use crate::problem::Problem;
use crate::state::AppState;

/// An account's cash, positions and profit.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account_id}/portfolio", tag = "accounts",
    params(("account_id" = String, Path)),
    responses((status = 200, body = Portfolio))
)]
pub(super) async fn portfolio(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
) -> Result<Json<Portfolio>, Problem> {
    let account = own_account(&state, &who, &account_id)?;
    let portfolio = state.platform.portfolio(who.tenant(), account);
    portfolio.map(Json).ok_or_else(|| Problem::not_found("account"))
}
