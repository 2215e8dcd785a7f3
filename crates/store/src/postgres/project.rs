use domain::{AccountId, TenantId};

use super::failure::Failure;
use super::session::Session;
use super::{audit, equity, fills, orders};
use crate::StoreError;
use crate::projection::{Change, Changes, Row};
use crate::rows::FillRow;

pub(super) fn projected_sequence(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
) -> Result<u64, Failure> {
    let sql = "SELECT sequence FROM projections WHERE tenant_id = $1 AND account_id = $2";
    let row = session.query_one(sql, &[&tenant.0, &account.0])?;
    Ok(row.map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
}

/// Writes the changes that are not in yet, and with them how far the tables now are.
pub(super) fn apply(session: &mut Session, tenant: TenantId, changes: &Changes) -> Result<u64, Failure> {
    let account = changes.account();
    // One writer an account: the others wait here, and find then what this one wrote.
    let lock = "SELECT FROM accounts WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE";
    session.query(lock, &[&tenant.0, &account.0])?;
    let projected = projected_sequence(session, tenant, account)?;
    if changes.last_sequence() <= projected {
        return Ok(projected);
    }
    if changes.first_sequence() > projected + 1 {
        let what = format!(
            "the tables are at entry {projected} and the changes begin at {}; catch the account up from its \
             journal",
            changes.first_sequence()
        );
        return Err(StoreError::conflict(what).into());
    }
    for change in changes.iter().filter(|change| change.sequence > projected) {
        apply_change(session, tenant, account, change)?;
    }
    let sql = "INSERT INTO projections (tenant_id, account_id, sequence) VALUES ($1, $2, $3)
               ON CONFLICT (tenant_id, account_id) DO UPDATE SET sequence = excluded.sequence";
    session.execute(sql, &[&tenant.0, &account.0, &changes.last_sequence().cast_signed()])?;
    Ok(changes.last_sequence())
}

fn apply_change(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    change: &Change,
) -> Result<(), Failure> {
    match &change.row {
        Row::Submitted(order) => orders::insert(session, tenant, account, change.sequence, order),
        Row::OrderChanged { order, reason } => orders::update(session, tenant, account, order, *reason),
        Row::Filled { fill, fee_currency } => {
            let row = FillRow { sequence: change.sequence, fill: *fill, fee_currency: *fee_currency };
            fills::insert(session, tenant, account, &row)
        }
        Row::Denied(row) => orders::insert_denial(session, tenant, account, row),
        Row::Equity(row) => equity::put(session, tenant, account, row),
        Row::Audit(row) => audit::append(session, tenant, row),
    }
}
