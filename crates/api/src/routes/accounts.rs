use axum::Json;
use axum::extract::State;

use crate::auth::Authenticated;
use crate::model::AccountList;
use crate::state::AppState;

/// The accounts of the caller's tenant.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", responses((status = 200, body = AccountList)))]
pub(super) async fn accounts(State(state): State<AppState>, who: Authenticated) -> Json<AccountList> {
    Json(AccountList { items: state.platform.accounts(who.tenant()) })
}
