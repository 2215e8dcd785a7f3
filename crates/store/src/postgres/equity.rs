use domain::{AccountId, TenantId};

use super::failure::Failure;
use super::numeric::Exact;
use super::session::Session;
use super::values::Columns;
use crate::rows::EquityRow;

pub(super) fn latest(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    limit: usize,
) -> Result<Vec<EquityRow>, Failure> {
    let sql = "SELECT time, equity FROM equity WHERE tenant_id = $1 AND account_id = $2
               ORDER BY time DESC LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = session.query(sql, &[&tenant.0, &account.0, &limit])?;
    let read = rows.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(EquityRow { time: columns.time()?, equity: columns.money()? })
    });
    read.collect()
}

pub(super) fn put(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    row: &EquityRow,
) -> Result<(), Failure> {
    let sql = "INSERT INTO equity (tenant_id, account_id, time, equity) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant_id, account_id, time) DO UPDATE SET equity = excluded.equity";
    session.execute(sql, &[&tenant.0, &account.0, &row.time.nanos(), &Exact::from(row.equity)])?;
    Ok(())
}
