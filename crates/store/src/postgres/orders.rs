use domain::{
    AccountId, Link, LinkRole, Order, OrderId, OrderRequest, OrderStatus, Side, StrategyId, TenantId,
    TimeInForce, VenueOrderId,
};
use tokio_postgres::Row;

use super::failure::Failure;
use super::numeric::Exact;
use super::session::Session;
use super::values::{Columns, storable};
use crate::backend::Wanted;
use crate::notation::{KindColumns, Word};
use crate::rows::{DenialRow, OrderFilter, OrderRow};

const REQUEST: &str = "instrument, side, kind, price, trigger_price, distance, quantity, time_in_force, \
                       reduce_only, link_group, link_role, strategy";
const ORDER: &str =
    "status, cancel_requested, filled, filled_value, venue_order_id, reason, created, updated";

/// A page of the tenant's account, behind `before` where there is one.
const PAGE: &str = "WHERE tenant_id = $1 AND account_id = $2 AND ($3::bigint IS NULL OR sequence < $3)";
const NEWEST_FIRST: &str = "ORDER BY sequence DESC LIMIT $4";

pub(super) fn page(
    session: &mut Session,
    wanted: &Wanted,
    filter: OrderFilter,
) -> Result<Vec<OrderRow>, Failure> {
    let filter = match filter {
        OrderFilter::Open => "AND is_open",
        OrderFilter::Closed => "AND NOT is_open",
        OrderFilter::All => "",
    };
    let sql = format!("SELECT sequence, id, {REQUEST}, {ORDER} FROM orders {PAGE} {filter} {NEWEST_FIRST}");
    let Wanted { tenant, account, before, rows } = wanted;
    session.query(&sql, &[&tenant.0, &account.0, before, rows])?.iter().map(order).collect()
}

pub(super) fn one(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    id: u64,
) -> Result<Option<OrderRow>, Failure> {
    let sql = format!(
        "SELECT sequence, id, {REQUEST}, {ORDER} FROM orders
         WHERE tenant_id = $1 AND account_id = $2 AND id = $3"
    );
    session.query_one(&sql, &[&tenant.0, &account.0, &id.cast_signed()])?.as_ref().map(order).transpose()
}

pub(super) fn denials(session: &mut Session, wanted: &Wanted) -> Result<Vec<DenialRow>, Failure> {
    let sql = format!("SELECT sequence, time, {REQUEST}, code, detail FROM denials {PAGE} {NEWEST_FIRST}");
    let Wanted { tenant, account, before, rows } = wanted;
    let found = session.query(&sql, &[&tenant.0, &account.0, before, rows])?;
    let read = found.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(DenialRow {
            sequence: columns.unsigned()?,
            time: columns.time()?,
            request: request(&mut columns)?,
            code: columns.get()?,
            detail: columns.get()?,
        })
    });
    read.collect()
}

pub(super) fn insert(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    sequence: u64,
    order: &Order,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO orders (tenant_id, account_id, sequence, id, status, is_open, cancel_requested, filled,
                             filled_value, venue_order_id, created, updated, {REQUEST})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22, $23, $24)"
    );
    let (request, kind) = (&order.request, KindColumns::of(order.request.kind));
    session.execute(
        &sql,
        &[
            &tenant.0,
            &account.0,
            &sequence.cast_signed(),
            &order.id.0.cast_signed(),
            &order.status.word(),
            &!order.status.is_terminal(),
            &order.cancel_requested,
            &Exact::from(order.filled),
            &Exact::from(order.filled_value),
            &order.venue_order_id.map(|id| id.0.cast_signed()),
            &order.created.nanos(),
            &order.updated.nanos(),
            &request.instrument.0.cast_signed(),
            &request.side.word(),
            &kind.word,
            &kind.price,
            &kind.trigger,
            &kind.distance,
            &Exact::from(request.quantity),
            &request.time_in_force.word(),
            &request.reduce_only,
            &request.link.map(|link| link.group.0.cast_signed()),
            &request.link.map(|link| link.role.word()),
            &i64::from(request.strategy.0),
        ],
    )?;
    Ok(())
}

/// A reason once given stays.
pub(super) fn update(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    order: &Order,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let sql = "UPDATE orders SET status = $4, is_open = $5, cancel_requested = $6, filled = $7,
                      filled_value = $8, venue_order_id = $9, updated = $10, reason = COALESCE($11, reason)
               WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
    session.execute(
        sql,
        &[
            &tenant.0,
            &account.0,
            &order.id.0.cast_signed(),
            &order.status.word(),
            &!order.status.is_terminal(),
            &order.cancel_requested,
            &Exact::from(order.filled),
            &Exact::from(order.filled_value),
            &order.venue_order_id.map(|id| id.0.cast_signed()),
            &order.updated.nanos(),
            &reason.map(storable),
        ],
    )?;
    Ok(())
}

pub(super) fn insert_denial(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    row: &DenialRow,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO denials (tenant_id, account_id, sequence, time, code, detail, {REQUEST})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    );
    let (request, kind) = (&row.request, KindColumns::of(row.request.kind));
    session.execute(
        &sql,
        &[
            &tenant.0,
            &account.0,
            &row.sequence.cast_signed(),
            &row.time.nanos(),
            &storable(&row.code),
            &storable(&row.detail),
            &request.instrument.0.cast_signed(),
            &request.side.word(),
            &kind.word,
            &kind.price,
            &kind.trigger,
            &kind.distance,
            &Exact::from(request.quantity),
            &request.time_in_force.word(),
            &request.reduce_only,
            &request.link.map(|link| link.group.0.cast_signed()),
            &request.link.map(|link| link.role.word()),
            &i64::from(request.strategy.0),
        ],
    )?;
    Ok(())
}

fn order(row: &Row) -> Result<OrderRow, Failure> {
    let mut columns = Columns::of(row);
    let (sequence, id) = (columns.unsigned()?, OrderId(columns.unsigned()?));
    let request = request(&mut columns)?;
    let status = columns.named(OrderStatus::read)?;
    let (cancel_requested, filled, filled_value) = (columns.get()?, columns.quantity()?, columns.money()?);
    let venue_order_id: Option<i64> = columns.get()?;
    let venue_order_id = venue_order_id.map(|id| VenueOrderId(id.cast_unsigned()));
    let reason = columns.get()?;
    let (created, updated) = (columns.time()?, columns.time()?);
    let order = Order {
        id,
        request,
        status,
        cancel_requested,
        filled,
        filled_value,
        venue_order_id,
        created,
        updated,
    };
    Ok(OrderRow { sequence, order, reason })
}

fn request(columns: &mut Columns<'_>) -> Result<OrderRequest, Failure> {
    let (instrument, side) = (columns.instrument()?, columns.named(Side::read)?);
    let word: &str = columns.get()?;
    let kind = KindColumns { word, price: columns.get()?, trigger: columns.get()?, distance: columns.get()? };
    let unknown =
        || Failure::Unreadable(format!("the column kind cannot be read: `{word}` lacks its prices"));
    let kind = kind.read().ok_or_else(unknown)?;
    let (quantity, time_in_force) = (columns.quantity()?, columns.named(TimeInForce::read)?);
    let reduce_only = columns.get()?;
    let group: Option<i64> = columns.get()?;
    let role = columns.named_or_none(LinkRole::read)?;
    let link = group.zip(role).map(|(group, role)| Link { group: OrderId(group.cast_unsigned()), role });
    let strategy = StrategyId(columns.small()?);
    Ok(OrderRequest { instrument, side, kind, quantity, time_in_force, reduce_only, link, strategy })
}
