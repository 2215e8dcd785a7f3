use axum::Json;
use axum::extract::{Path, State};

use super::{Paging, own_account};
use crate::auth::Authenticated;
use crate::body::Asked;
use crate::model::FillPage;
use crate::problem::Problem;
use crate::state::AppState;

/// An account's fills, newest first.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account_id}/fills", tag = "orders",
    params(("account_id" = String, Path), Paging),
    responses((status = 200, body = FillPage))
)]
pub(super) async fn fills(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<FillPage>, Problem> {
    let account = own_account(&state, &who, &account_id)?;
    let (access, cut) = (who.access(), paging.cut()?);
    state.read(move |history| history.fills(&access, account, &cut)).await.map(Json)
}
