use domain::{AccountId, TenantId};
use tokio_postgres::Row;

use super::failure::Failure;
use super::session::Session;
use super::values::{Columns, storable};
use crate::rows::AuditRow;

/// What a journal entry said is kept once.
pub(super) fn append(session: &mut Session, tenant: TenantId, row: &AuditRow) -> Result<(), Failure> {
    let sql = "INSERT INTO audit (tenant_id, account_id, sequence, time, actor, action, detail)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (tenant_id, account_id, sequence) DO NOTHING";
    session.execute(
        sql,
        &[
            &tenant.0,
            &row.account.map(|account| account.0),
            &row.sequence.map(u64::cast_signed),
            &row.time.nanos(),
            &storable(&row.actor),
            &storable(&row.action),
            &storable(&row.detail),
        ],
    )?;
    Ok(())
}

pub(super) fn page(
    session: &mut Session,
    tenant: TenantId,
    before: Option<i64>,
    rows: i64,
) -> Result<Vec<(i64, AuditRow)>, Failure> {
    let sql = "SELECT number, time, account_id, sequence, actor, action, detail FROM audit
               WHERE tenant_id = $1 AND ($2::bigint IS NULL OR number < $2) ORDER BY number DESC LIMIT $3";
    session.query(sql, &[&tenant.0, &before, &rows])?.iter().map(audit).collect()
}

fn audit(row: &Row) -> Result<(i64, AuditRow), Failure> {
    let mut columns = Columns::of(row);
    let (number, time) = (columns.get()?, columns.time()?);
    let row = AuditRow {
        time,
        account: columns.get::<Option<_>>()?.map(AccountId),
        sequence: columns.get::<Option<i64>>()?.map(i64::cast_unsigned),
        actor: columns.get()?,
        action: columns.get()?,
        detail: columns.get()?,
    };
    Ok((number, row))
}
