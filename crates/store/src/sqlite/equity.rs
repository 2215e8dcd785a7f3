use domain::{AccountId, TenantId};
use rusqlite::{Connection, Transaction, params};

use super::failure::Failure;
use super::values::{Columns, bytes};
use crate::rows::EquityRow;

pub(super) fn latest(
    connection: &Connection,
    tenant: TenantId,
    account: AccountId,
    limit: usize,
) -> rusqlite::Result<Vec<EquityRow>> {
    let sql = "SELECT time, equity FROM equity WHERE tenant_id = ?1 AND account_id = ?2
               ORDER BY time DESC LIMIT ?3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![bytes(&tenant.0), bytes(&account.0), limit], |row| {
        let mut columns = Columns::of(row);
        Ok(EquityRow { time: columns.time()?, equity: columns.text()? })
    })?;
    rows.collect()
}

pub(super) fn put(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    row: &EquityRow,
) -> Result<(), Failure> {
    let sql = "INSERT INTO equity (tenant_id, account_id, time, equity) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (tenant_id, account_id, time) DO UPDATE SET equity = excluded.equity";
    transaction.prepare_cached(sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        row.time.nanos(),
        row.equity.to_string(),
    ])?;
    Ok(())
}
