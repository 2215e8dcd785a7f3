use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::{OrderId, OrderKind, OrderRequest};

use super::own_account_to_trade;
use crate::auth::Authenticated;
use crate::body::{Body, Fields, FromFields};
use crate::model::{NewOrder, NewOrderKind, OrderAccepted};
use crate::problem::{Problem, Written};
use crate::state::AppState;

/// Places an order. Risk decides; a denial names the limit and the figure.
#[utoipa::path(
    post, path = "/api/v1/accounts/{account_id}/orders", tag = "orders",
    params(("account_id" = String, Path)),
    request_body = NewOrder,
    responses(
        (status = 202, body = OrderAccepted),
        (status = 422, description = "`invalid_request` or `risk_denied`", body = Written, content_type = "application/problem+json"),
    )
)]
pub(super) async fn place_order(
    State(state): State<AppState>,
    who: Authenticated,
    Path(account_id): Path<String>,
    Body(order): Body<NewOrder>,
) -> Result<(StatusCode, Json<OrderAccepted>), Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let accepted = state.platform.submit(who.tenant(), account, request(&order)).await?;
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

/// Asks for the cancel of an open order.
#[utoipa::path(
    delete, path = "/api/v1/accounts/{account_id}/orders/{order_id}", tag = "orders",
    params(("account_id" = String, Path), ("order_id" = String, Path)),
    responses((status = 202, description = "Asked for; the outcome arrives on the stream"))
)]
pub(super) async fn cancel_order(
    State(state): State<AppState>,
    who: Authenticated,
    Path((account_id, order_id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let account = own_account_to_trade(&state, &who, &account_id)?;
    let order = order_id.parse().map(OrderId).map_err(|_| Problem::not_found("order"))?;
    state.platform.cancel(who.tenant(), account, order).await?;
    Ok(StatusCode::ACCEPTED)
}

fn request(order: &NewOrder) -> OrderRequest {
    let kind = match order.limit_price {
        Some(price) => OrderKind::Limit { price },
        None => OrderKind::Market,
    };
    let mut request = OrderRequest::market(order.instrument_id, order.side.into(), order.quantity);
    request.kind = kind;
    if let Some(time_in_force) = order.time_in_force {
        request.time_in_force = time_in_force.into();
    }
    request
}

impl FromFields for NewOrder {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let instrument_id = fields.required("instrument_id");
        let side = fields.required("side");
        let kind = fields.required("kind");
        let quantity: Option<domain::Quantity> = fields.required("quantity");
        if quantity.is_some_and(|quantity| !quantity.is_positive()) {
            fields.fault("quantity", "must be more than zero");
        }
        let limit_price = price(fields, kind);
        let time_in_force = fields.optional("time_in_force");
        Some(Self {
            instrument_id: instrument_id?,
            side: side?,
            kind: kind?,
            quantity: quantity?,
            limit_price,
            time_in_force,
        })
    }
}

fn price(fields: &mut Fields, kind: Option<NewOrderKind>) -> Option<domain::Price> {
    match kind {
        Some(NewOrderKind::Limit) => fields.required("limit_price"),
        Some(NewOrderKind::Market) => {
            let price = fields.optional("limit_price");
            if price.is_some() {
                fields.fault("limit_price", "goes with a limit order only");
            }
            price
        }
        None => fields.optional("limit_price"),
    }
}
