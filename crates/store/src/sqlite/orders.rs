use domain::{
    AccountId, Link, LinkRole, Order, OrderId, OrderRequest, OrderStatus, Side, StrategyId, TenantId,
    TimeInForce, VenueOrderId,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::failure::Failure;
use super::values::{Columns, bytes};
use crate::backend::Wanted;
use crate::notation::{KindColumns, Word};
use crate::rows::{DenialRow, OrderFilter, OrderRow};

const REQUEST: &str = "instrument, side, kind, price, trigger_price, distance, quantity, time_in_force, \
                       reduce_only, link_group, link_role, strategy";
const ORDER: &str =
    "status, cancel_requested, filled, filled_value, venue_order_id, reason, created, updated";

/// A page of the tenant's account, behind `before` where there is one.
const PAGE: &str = "WHERE tenant_id = ?1 AND account_id = ?2 AND (?3 IS NULL OR sequence < ?3)";
const NEWEST_FIRST: &str = "ORDER BY sequence DESC LIMIT ?4";

pub(super) fn page(
    connection: &Connection,
    wanted: &Wanted,
    filter: OrderFilter,
) -> rusqlite::Result<Vec<OrderRow>> {
    let filter = match filter {
        OrderFilter::Open => "AND is_open = 1",
        OrderFilter::Closed => "AND is_open = 0",
        OrderFilter::All => "",
    };
    let sql = format!("SELECT sequence, id, {REQUEST}, {ORDER} FROM orders {PAGE} {filter} {NEWEST_FIRST}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![bytes(&wanted.tenant.0), bytes(&wanted.account.0), wanted.before, wanted.rows],
        order,
    )?;
    rows.collect()
}

pub(super) fn one(
    connection: &Connection,
    tenant: TenantId,
    account: AccountId,
    id: u64,
) -> rusqlite::Result<Option<OrderRow>> {
    let sql = format!(
        "SELECT sequence, id, {REQUEST}, {ORDER} FROM orders
         WHERE tenant_id = ?1 AND account_id = ?2 AND id = ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(params![bytes(&tenant.0), bytes(&account.0), id.cast_signed()], order).optional()
}

pub(super) fn denials(connection: &Connection, wanted: &Wanted) -> rusqlite::Result<Vec<DenialRow>> {
    let sql = format!("SELECT sequence, time, {REQUEST}, code, detail FROM denials {PAGE} {NEWEST_FIRST}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![bytes(&wanted.tenant.0), bytes(&wanted.account.0), wanted.before, wanted.rows],
        |row| {
            let mut columns = Columns::of(row);
            Ok(DenialRow {
                sequence: columns.unsigned()?,
                time: columns.time()?,
                request: request(&mut columns)?,
                code: columns.get()?,
                detail: columns.get()?,
            })
        },
    )?;
    rows.collect()
}

/// An order that is there already stays as it is.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    sequence: u64,
    order: &Order,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO orders (tenant_id, account_id, sequence, id, status, is_open, cancel_requested, filled,
                             filled_value, venue_order_id, created, updated, {REQUEST})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                 ?21, ?22, ?23, ?24)"
    );
    let (request, kind) = (&order.request, KindColumns::of(order.request.kind));
    transaction.prepare_cached(&sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        sequence.cast_signed(),
        order.id.0.cast_signed(),
        order.status.word(),
        !order.status.is_terminal(),
        order.cancel_requested,
        order.filled.to_string(),
        order.filled_value.to_string(),
        order.venue_order_id.map(|id| id.0.cast_signed()),
        order.created.nanos(),
        order.updated.nanos(),
        request.instrument.0,
        request.side.word(),
        kind.word,
        kind.price,
        kind.trigger,
        kind.distance,
        request.quantity.to_string(),
        request.time_in_force.word(),
        request.reduce_only,
        request.link.map(|link| link.group.0.cast_signed()),
        request.link.map(|link| link.role.word()),
        request.strategy.0,
    ])?;
    Ok(())
}

/// A reason once given stays.
pub(super) fn update(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    order: &Order,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let sql = "UPDATE orders SET status = ?4, is_open = ?5, cancel_requested = ?6, filled = ?7,
                      filled_value = ?8, venue_order_id = ?9, updated = ?10, reason = COALESCE(?11, reason)
               WHERE tenant_id = ?1 AND account_id = ?2 AND id = ?3";
    transaction.prepare_cached(sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        order.id.0.cast_signed(),
        order.status.word(),
        !order.status.is_terminal(),
        order.cancel_requested,
        order.filled.to_string(),
        order.filled_value.to_string(),
        order.venue_order_id.map(|id| id.0.cast_signed()),
        order.updated.nanos(),
        reason,
    ])?;
    Ok(())
}

pub(super) fn insert_denial(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    row: &DenialRow,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO denials (tenant_id, account_id, sequence, time, code, detail, {REQUEST})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
    );
    let (request, kind) = (&row.request, KindColumns::of(row.request.kind));
    transaction.prepare_cached(&sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        row.sequence.cast_signed(),
        row.time.nanos(),
        row.code,
        row.detail,
        request.instrument.0,
        request.side.word(),
        kind.word,
        kind.price,
        kind.trigger,
        kind.distance,
        request.quantity.to_string(),
        request.time_in_force.word(),
        request.reduce_only,
        request.link.map(|link| link.group.0.cast_signed()),
        request.link.map(|link| link.role.word()),
        request.strategy.0,
    ])?;
    Ok(())
}

fn order(row: &Row<'_>) -> rusqlite::Result<OrderRow> {
    let mut columns = Columns::of(row);
    let (sequence, id) = (columns.unsigned()?, OrderId(columns.unsigned()?));
    let request = request(&mut columns)?;
    let status = columns.named(OrderStatus::read)?;
    let (cancel_requested, filled, filled_value) = (columns.get()?, columns.text()?, columns.text()?);
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

fn request(columns: &mut Columns<'_, '_>) -> rusqlite::Result<OrderRequest> {
    let (instrument, side) = (columns.instrument()?, columns.named(Side::read)?);
    let word: String = columns.get()?;
    let kind =
        KindColumns { word: &word, price: columns.get()?, trigger: columns.get()?, distance: columns.get()? };
    let kind = kind.read().ok_or(rusqlite::Error::InvalidColumnType(
        2,
        word.clone(),
        rusqlite::types::Type::Text,
    ))?;
    let (quantity, time_in_force) = (columns.text()?, columns.named(TimeInForce::read)?);
    let reduce_only = columns.get()?;
    let group: Option<i64> = columns.get()?;
    let role = columns.named_or_none(LinkRole::read)?;
    let link = group.zip(role).map(|(group, role)| Link { group: OrderId(group.cast_unsigned()), role });
    let strategy = StrategyId(columns.get()?);
    Ok(OrderRequest { instrument, side, kind, quantity, time_in_force, reduce_only, link, strategy })
}
