use domain::{AccountId, TenantId};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::failure::Failure;
use super::values::bytes;
use super::{audit, equity, fills, orders};
use crate::StoreError;
use crate::projection::{Change, Changes, Row};
use crate::rows::FillRow;

pub(super) fn projected_sequence(
    connection: &Connection,
    tenant: TenantId,
    account: AccountId,
) -> rusqlite::Result<u64> {
    let sql = "SELECT sequence FROM projections WHERE tenant_id = ?1 AND account_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let sequence: Option<i64> =
        statement.query_row(params![bytes(&tenant.0), bytes(&account.0)], |row| row.get(0)).optional()?;
    Ok(sequence.map_or(0, i64::cast_unsigned))
}

/// Writes the changes that are not in yet, and with them how far the tables now are.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    changes: &Changes,
) -> Result<u64, Failure> {
    let account = changes.account();
    let projected = projected_sequence(transaction, tenant, account)?;
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
        apply_change(transaction, tenant, account, change)?;
    }
    let sql = "INSERT INTO projections (tenant_id, account_id, sequence) VALUES (?1, ?2, ?3)
               ON CONFLICT (tenant_id, account_id) DO UPDATE SET sequence = excluded.sequence";
    transaction.prepare_cached(sql)?.execute(params![
        bytes(&tenant.0),
        bytes(&account.0),
        changes.last_sequence().cast_signed(),
    ])?;
    Ok(changes.last_sequence())
}

fn apply_change(
    transaction: &Transaction<'_>,
    tenant: TenantId,
    account: AccountId,
    change: &Change,
) -> Result<(), Failure> {
    match &change.row {
        Row::Submitted(order) => orders::insert(transaction, tenant, account, change.sequence, order),
        Row::OrderChanged { order, reason } => orders::update(transaction, tenant, account, order, *reason),
        Row::Filled { fill, fee_currency } => {
            let row = FillRow { sequence: change.sequence, fill: *fill, fee_currency: *fee_currency };
            fills::insert(transaction, tenant, account, &row)
        }
        Row::Denied(row) => orders::insert_denial(transaction, tenant, account, row),
        Row::Equity(row) => equity::put(transaction, tenant, account, row),
        Row::Audit(row) => audit::append(transaction, tenant, row),
    }
}
