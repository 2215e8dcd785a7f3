use domain::{AccountId, TenantId};
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

use super::failure::Failure;
use super::values::{Columns, bytes};
use crate::rows::AuditRow;

/// What a journal entry said is kept once.
pub(super) fn append(transaction: &Transaction<'_>, tenant: TenantId, row: &AuditRow) -> Result<(), Failure> {
    let sql = "INSERT INTO audit (tenant_id, account_id, sequence, time, actor, action, detail)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (tenant_id, account_id, sequence) DO NOTHING";
    transaction.prepare_cached(sql)?.execute(params![
        bytes(&tenant.0),
        row.account.as_ref().map(|account| bytes(&account.0)),
        row.sequence.map(u64::cast_signed),
        row.time.nanos(),
        row.actor,
        row.action,
        row.detail,
    ])?;
    Ok(())
}

pub(super) fn page(
    connection: &Connection,
    tenant: TenantId,
    before: Option<i64>,
    rows: i64,
) -> rusqlite::Result<Vec<(i64, AuditRow)>> {
    let sql = "SELECT number, time, account_id, sequence, actor, action, detail FROM audit
               WHERE tenant_id = ?1 AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map(params![bytes(&tenant.0), before, rows], audit)?.collect()
}

fn audit(row: &Row<'_>) -> rusqlite::Result<(i64, AuditRow)> {
    let mut columns = Columns::of(row);
    let (number, time) = (columns.get()?, columns.time()?);
    let account: Option<[u8; 16]> = columns.get()?;
    let sequence: Option<i64> = columns.get()?;
    let row = AuditRow {
        time,
        account: account.map(|bytes| AccountId(Uuid::from_bytes(bytes))),
        sequence: sequence.map(i64::cast_unsigned),
        actor: columns.get()?,
        action: columns.get()?,
        detail: columns.get()?,
    };
    Ok((number, row))
}
