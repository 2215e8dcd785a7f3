//! The routes, one file each, and what they share.

mod accounts;
mod bars;
mod equity;
mod fills;
mod halt;
mod health;
mod instruments;
mod login;
mod me;
mod metrics;
mod operations;
mod orders;
mod overview;
mod place;
mod portfolio;
mod quotes;
mod rung;
mod spreads;
mod stream;

use domain::AccountId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Authenticated;
use crate::history::Cut;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;

/// What needs no token: signing in, the stream (which authenticates by its first frame), health and metrics.
pub(crate) fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(stream::stream))
        .routes(routes!(health::health))
        .routes(routes!(health::health_live))
        .routes(routes!(health::live))
        .routes(routes!(health::health_ready))
        .routes(routes!(health::ready))
        .routes(routes!(health::health_detailed))
        .merge(metrics_alone())
}

/// What scrapers ask for.
pub(crate) fn metrics_alone() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metrics::metrics)).routes(routes!(metrics::health_metrics))
}

/// What needs a token. The layer that demands it is put around this router as a whole, so that a route added
/// here cannot be left open.
pub(crate) fn guarded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(overview::overview))
        .routes(routes!(instruments::instruments))
        .routes(routes!(quotes::quotes))
        .routes(routes!(bars::bars))
        .routes(routes!(spreads::spreads))
        .routes(routes!(spreads::pairs))
        .routes(routes!(spreads::regimes))
        .routes(routes!(accounts::accounts))
        .routes(routes!(portfolio::portfolio))
        .routes(routes!(orders::orders, place::place_order))
        .routes(routes!(place::cancel_order))
        .routes(routes!(fills::fills))
        .routes(routes!(equity::equity))
        .routes(routes!(halt::halt))
        .routes(routes!(halt::resume))
        .routes(routes!(rung::pin_rung, rung::unpin_rung))
        .routes(routes!(metrics::metrics_json))
        .merge(operations::routes())
}

const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 1_000;

/// Which piece of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many at most; 100 when absent.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
    /// The `next_cursor` of the piece before.
    cursor: Option<String>,
}

impl Paging {
    fn cut(self) -> Result<Cut, Problem> {
        Ok(Cut { limit: limit(self.limit)?, cursor: self.cursor })
    }
}

fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(PAGE_DEFAULT);
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(invalid("limit", &format!("must be 1 to {PAGE_MAX}")))
}

fn invalid(field: &str, message: &str) -> Problem {
    Problem::invalid(vec![FieldError { field: field.to_owned(), message: message.to_owned() }])
}

/// The account of that name, if it is one of the caller's tenant.
fn own_account(state: &AppState, who: &Authenticated, text: &str) -> Result<AccountId, Problem> {
    let id = text.parse::<AccountId>().map_err(|_| Problem::not_found("account"))?;
    state.platform.account(who.tenant(), id).ok_or_else(|| Problem::not_found("account"))?;
    Ok(id)
}

/// As [`own_account`], for what only a role that trades may do.
fn own_account_to_trade(state: &AppState, who: &Authenticated, text: &str) -> Result<AccountId, Problem> {
    let id = own_account(state, who, text)?;
    who.may_trade()?;
    Ok(id)
}
