use domain::{AccountId, InstrumentId, OrderKind, OrderRequest, Price, Quantity, StrategyId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Buy,
    Sell,
}

impl From<domain::Side> for Side {
    fn from(side: domain::Side) -> Self {
        match side {
            domain::Side::Buy => Self::Buy,
            domain::Side::Sell => Self::Sell,
        }
    }
}

impl From<Side> for domain::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Buy => Self::Buy,
            Side::Sell => Self::Sell,
        }
    }
}

/// How long an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    Day,
    /// Good till cancelled.
    Gtc,
    /// Immediate or cancel.
    Ioc,
    /// Fill or kill.
    Fok,
    /// At the open.
    Opg,
    /// At the close.
    Cls,
}

impl From<domain::TimeInForce> for TimeInForce {
    fn from(time_in_force: domain::TimeInForce) -> Self {
        match time_in_force {
            domain::TimeInForce::Day => Self::Day,
            domain::TimeInForce::GoodTillCancelled => Self::Gtc,
            domain::TimeInForce::ImmediateOrCancel => Self::Ioc,
            domain::TimeInForce::FillOrKill => Self::Fok,
            domain::TimeInForce::AtOpen => Self::Opg,
            domain::TimeInForce::AtClose => Self::Cls,
        }
    }
}

impl From<TimeInForce> for domain::TimeInForce {
    fn from(time_in_force: TimeInForce) -> Self {
        match time_in_force {
            TimeInForce::Day => Self::Day,
            TimeInForce::Gtc => Self::GoodTillCancelled,
            TimeInForce::Ioc => Self::ImmediateOrCancel,
            TimeInForce::Fok => Self::FillOrKill,
            TimeInForce::Opg => Self::AtOpen,
            TimeInForce::Cls => Self::AtClose,
        }
    }
}

/// Where an order is in its life; `denied` never left the risk gate, `unknown` waits for the venue's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Pending,
    Working,
    PartiallyFilled,
    Filled,
    Cancelled,
    Rejected,
    Expired,
    Denied,
    Unknown,
}

impl From<domain::OrderStatus> for OrderStatus {
    fn from(status: domain::OrderStatus) -> Self {
        match status {
            domain::OrderStatus::Pending => Self::Pending,
            domain::OrderStatus::Unknown => Self::Unknown,
            domain::OrderStatus::Working => Self::Working,
            domain::OrderStatus::PartiallyFilled => Self::PartiallyFilled,
            domain::OrderStatus::Filled => Self::Filled,
            domain::OrderStatus::Cancelled => Self::Cancelled,
            domain::OrderStatus::Rejected => Self::Rejected,
            domain::OrderStatus::Expired => Self::Expired,
        }
    }
}

/// Who asked for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderSource {
    Strategy,
    User,
}

/// An order and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Order {
    /// A number; for an order that was denied, which got none, `denied-` and that of the journal entry.
    pub id: String,
    /// What the venue knows the order by; empty for an order that was denied.
    pub client_order_id: String,
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    pub side: Side,
    /// `market`, `limit`, `stop`, `stop_limit` or `trailing_stop`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    #[schema(value_type = String)]
    pub quantity: Quantity,
    #[schema(value_type = Option<String>, required)]
    pub limit_price: Option<Price>,
    pub time_in_force: TimeInForce,
    pub status: OrderStatus,
    #[schema(value_type = String)]
    pub filled_quantity: Quantity,
    #[schema(value_type = Option<String>, required)]
    pub average_fill_price: Option<Price>,
    /// Why the order was denied, rejected or ended unasked.
    #[schema(required)]
    pub reason: Option<String>,
    pub source: OrderSource,
    pub created_ms: i64,
    pub updated_ms: i64,
}

impl Order {
    /// The order as it travels; `reason` is why it was rejected or ended unasked.
    #[must_use]
    pub fn of(order: &domain::Order, account: AccountId, reason: Option<String>) -> Self {
        Self {
            id: order.id.to_string(),
            client_order_id: order.id.client_order_id(account),
            status: order.status.into(),
            filled_quantity: order.filled,
            average_fill_price: order.average_fill_price(),
            reason,
            updated_ms: order.updated.millis(),
            ..Self::asked(&order.request, order.created)
        }
    }

    /// An order that the risk gate turned away: the number of the journal entry that says so, and why.
    #[must_use]
    pub fn denied(request: &OrderRequest, sequence: u64, time: Timestamp, reason: String) -> Self {
        Self { id: format!("denied-{sequence}"), reason: Some(reason), ..Self::asked(request, time) }
    }

    /// What the request alone says; denied, as long as nothing better is known.
    fn asked(request: &OrderRequest, time: Timestamp) -> Self {
        let by_user = request.strategy == StrategyId::USER;
        Self {
            id: String::new(),
            client_order_id: String::new(),
            instrument_id: request.instrument,
            side: request.side.into(),
            kind: kind_name(request.kind),
            quantity: request.quantity,
            limit_price: request.kind.limit_price(),
            time_in_force: request.time_in_force.into(),
            status: OrderStatus::Denied,
            filled_quantity: Quantity::ZERO,
            average_fill_price: None,
            reason: None,
            source: if by_user { OrderSource::User } else { OrderSource::Strategy },
            created_ms: time.millis(),
            updated_ms: time.millis(),
        }
    }
}

const fn kind_name(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Market => "market",
        OrderKind::Limit { .. } => "limit",
        OrderKind::Stop { .. } => "stop",
        OrderKind::StopLimit { .. } => "stop_limit",
        OrderKind::TrailingStop { .. } => "trailing_stop",
    }
}
