use axum::Json;
use axum::extract::{Path, State};
use domain::AccountId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Paging, own_account};
use crate::auth::Authenticated;
use crate::body::Asked;
use crate::history::Cut;
use crate::model::{Order, OrderPage};
use crate::problem::Problem;
use crate::state::AppState;

/// Which orders are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    Open,
    Closed,
    #[default]
    All,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrdersOf {
    /// `all` when absent: the open ones lead the first page.
    #[param(inline)]
    status: Option<Wanted>,
    /// How many closed ones at most, 100 when absent; open ones are always all there.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
    /// The `next_cursor` of the piece before.
    cursor: Option<String>,
}

/// An account's orders, newest first.
#[utoipa::path(
    get, path = "/api/v1/accounts/{account_id}/orders", tag = "orders",
    params(("account_id" = String, Path), OrdersOf),
    responses((status = 200, body = OrderPage))
)]
pub(super) async fn orders(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Asked(asked): Asked<OrdersOf>,
) -> Result<Json<OrderPage>, Problem> {
    let account = own_account(&state, &who, &account_id)?;
    let wanted = asked.status.unwrap_or_default();
    let cut = Paging { limit: asked.limit, cursor: asked.cursor }.cut()?;
    let mut page = OrderPage { items: Vec::new(), next_cursor: None };
    if wanted != Wanted::Closed && cut.cursor.is_none() {
        page.items = open(&state, &who, account)?;
    }
    if wanted != Wanted::Open {
        let closed = closed(&state, &who, account, cut).await?;
        page.items.extend(closed.items);
        page.next_cursor = closed.next_cursor;
    }
    Ok(Json(page))
}

fn open(state: &AppState, who: &Authenticated, account: AccountId) -> Result<Vec<Order>, Problem> {
    let orders = state.platform.open_orders(who.tenant(), account);
    let mut orders = orders.ok_or_else(|| Problem::not_found("account"))?;
    orders.sort_by(|left, right| age(right).cmp(&age(left)));
    Ok(orders)
}

async fn closed(
    state: &AppState,
    who: &Authenticated,
    account: AccountId,
    cut: Cut,
) -> Result<OrderPage, Problem> {
    let access = who.access();
    state.read(move |history| history.closed_orders(&access, account, &cut)).await
}

/// What orders are sorted by. Ids count up, so of two the longer is the later.
fn age(order: &Order) -> (i64, usize, &str) {
    (order.created_ms, order.id.len(), &order.id)
}
