use domain::{AccountId, Currency, Fill, FillId, Liquidity, OrderId, Side, TenantId};
use rusqlite::{Connection, Row, Transaction, params};

use super::failure::Failure;
use super::values::{Columns, bytes};
use crate::backend::Wanted;
use crate::notation::Word;
use crate::rows::FillRow;

const COLUMNS: &str =
    "sequence, id, order_id, instrument, side, liquidity, price, quantity, fee, time, fee_currency";

pub(super) fn page(connection: &Connection, wanted: &Wanted) -> rusqlite::Result<Vec<FillRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM fills
         WHERE tenant_id = ?1 AND account_id = ?2 AND (?3 IS NULL OR sequence < ?3)
         ORDER BY sequence DESC LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        params![bytes(&wanted.tenant.0), bytes(&wanted.account.0), wanted.before, wanted.rows],
        fill,
    )?;
    rows.collect()
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    row: &FillRow,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO fills (tenant_id, account_id, {COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    );
    let fill = &row.fill;
    transaction.prepare_cached(&sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        row.sequence.cast_signed(),
        fill.id.0.cast_signed(),
        fill.order.0.cast_signed(),
        fill.instrument.0,
        fill.side.word(),
        fill.liquidity.word(),
        fill.price.raw(),
        fill.quantity.to_string(),
        fill.fee.to_string(),
        fill.time.nanos(),
        row.fee_currency.as_ref().map(Currency::as_str),
    ])?;
    Ok(())
}

fn fill(row: &Row<'_>) -> rusqlite::Result<FillRow> {
    let mut columns = Columns::of(row);
    let sequence = columns.unsigned()?;
    let fill = Fill {
        id: FillId(columns.unsigned()?),
        order: OrderId(columns.unsigned()?),
        instrument: columns.instrument()?,
        side: columns.named(Side::read)?,
        liquidity: columns.named(Liquidity::read)?,
        price: columns.price()?,
        quantity: columns.text()?,
        fee: columns.text()?,
        time: columns.time()?,
    };
    Ok(FillRow { sequence, fill, fee_currency: columns.named_or_none(Currency::new)? })
}
