use domain::{AccountId, Currency, TenantId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::failure::Failure;
use super::identity::taken_unless;
use super::values::{Columns, bytes};
use crate::notation::Word;
use crate::rows::{AccountMode, AccountRow};

const COLUMNS: &str = "id, tenant_id, name, mode, strategy, parameters, base_currency, created";

pub(super) fn insert(transaction: &Transaction<'_>, account: &AccountRow) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (tenant_id, name) DO NOTHING"
    );
    let made = transaction.prepare_cached(&sql)?.execute(params![
        bytes(&account.id.0),
        bytes(&account.tenant.0),
        account.name,
        account.mode.word(),
        account.strategy,
        account.parameters.to_string(),
        account.base_currency.as_str(),
        account.created.nanos(),
    ])?;
    taken_unless(made, "account", &account.name)?;
    Ok(())
}

pub(super) fn all(connection: &Connection, tenant: TenantId) -> rusqlite::Result<Vec<AccountRow>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = ?1 ORDER BY created, id");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![bytes(&tenant.0)], account)?.collect()
}

pub(super) fn one(
    connection: &Connection,
    tenant: TenantId,
    id: AccountId,
) -> rusqlite::Result<Option<AccountRow>> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = ?1 AND id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(params![bytes(&tenant.0), bytes(&id.0)], account).optional()
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let mut columns = Columns::of(row);
    Ok(AccountRow {
        id: AccountId(columns.uuid()?),
        tenant: TenantId(columns.uuid()?),
        name: columns.get()?,
        mode: columns.named(AccountMode::read)?,
        strategy: columns.get()?,
        parameters: columns.convert(|text| serde_json::from_str(text).map_err(|error| error.to_string()))?,
        base_currency: columns.named(Currency::new)?,
        created: columns.time()?,
    })
}
