use domain::{InstrumentId, OrderId, Price, Quantity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OrderStatus, Side, TimeInForce, as_text};

/// The kinds of order that can be placed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewOrderKind {
    Market,
    Limit,
}

/// An order to place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(example = json!({"instrument_id": 0, "side": "buy", "kind": "limit", "quantity": "0.5", "limit_price": "60000"}))]
pub struct NewOrder {
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    pub side: Side,
    pub kind: NewOrderKind,
    /// More than zero.
    #[schema(value_type = String)]
    pub quantity: Quantity,
    /// Needed for a limit order and only for one.
    #[schema(value_type = Option<String>)]
    pub limit_price: Option<Price>,
    /// `gtc` when absent.
    pub time_in_force: Option<TimeInForce>,
}

/// The order was taken; what becomes of it arrives on the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderAccepted {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub order_id: OrderId,
    pub status: OrderStatus,
}
