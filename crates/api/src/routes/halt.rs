use axum::Json;
use axum::extract::{Path, State};

use super::own_account_to_trade;
use crate::auth::Authenticated;
use crate::body::{Body, Fields, FromFields};
use crate::model::{Account, HaltRequest};
use crate::problem::Problem;
use crate::state::AppState;

const REASON_CHARACTERS_MAX: usize = 200;

/// Stops an account's trading at once and cancels what works. An account that was halted for a loss, and so may still
/// reduce its positions, is stopped too.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account_id}/halt", tag = "accounts",
    params(("account_id" = String, Path)),
    request_body = HaltRequest,
    responses((status = 200, body = Account))
)]
pub(super) async fn halt(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Body(HaltRequest { reason }): Body<HaltRequest>,
) -> Result<Json<Account>, Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let note = format!("{}: {reason}", who.user().username);
    Ok(Json(state.platform.halt(who.tenant(), account, note).await?))
}

/// Lets a halted account trade again.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account_id}/resume", tag = "accounts",
    params(("account_id" = String, Path)),
    responses((status = 200, body = Account))
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
) -> Result<Json<Account>, Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let note = who.user().username.clone();
    Ok(Json(state.platform.resume(who.tenant(), account, note).await?))
}

impl FromFields for HaltRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { reason: fields.text("reason", REASON_CHARACTERS_MAX)? })
    }
}
