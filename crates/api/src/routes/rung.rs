use axum::Json;
use axum::extract::{Path, State};

use domain::Span;

use super::own_account_to_trade;
use crate::auth::Authenticated;
use crate::body::{Body, Fields, FromFields};
use crate::model::Account;
use crate::model::operations::RungRequest;
use crate::platform::RungPin;
use crate::problem::Problem;
use crate::state::AppState;

const REASON_CHARACTERS_MAX: usize = 200;
const MINUTES_MAX: u32 = 1_440;

/// Holds an account on a rung of the trading ladder, whatever health says: on one that allows less until it is
/// lifted, on one that allows more only for a while and with the risk accepted.
#[utoipa::path(
    put, path = "/api/v1/accounts/{account_id}/rung", tag = "accounts",
    params(("account_id" = String, Path)),
    request_body = RungRequest,
    responses((status = 200, body = Account))
)]
pub(super) async fn pin_rung(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Body(request): Body<RungRequest>,
) -> Result<Json<Account>, Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let pin = RungPin {
        rung: request.rung.into(),
        note: format!("{}: {}", who.user().username, request.reason),
        accepts_risk: request.accept_risk.unwrap_or(false),
        lasts: request.minutes.map(|minutes| Span::from_seconds(60 * i64::from(minutes))),
    };
    Ok(Json(state.platform.pin_rung(who.tenant(), account, pin).await?))
}

/// Lets health decide again.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{account_id}/rung", tag = "accounts",
    params(("account_id" = String, Path)),
    responses((status = 200, body = Account))
)]
pub(super) async fn unpin_rung(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
) -> Result<Json<Account>, Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let by = who.user().username.clone();
    Ok(Json(state.platform.unpin_rung(who.tenant(), account, by).await?))
}

impl FromFields for RungRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (rung, reason) = (fields.required("rung"), fields.text("reason", REASON_CHARACTERS_MAX));
        let (accept_risk, minutes) = (fields.optional("accept_risk"), fields.optional("minutes"));
        if minutes.is_some_and(|minutes| !(1..=MINUTES_MAX).contains(&minutes)) {
            fields.fault("minutes", format!("must be 1 to {MINUTES_MAX}"));
        }
        Some(Self { rung: rung?, reason: reason?, accept_risk, minutes })
    }
}
