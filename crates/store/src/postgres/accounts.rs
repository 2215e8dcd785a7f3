use domain::{AccountId, Currency, TenantId};
use tokio_postgres::Row;

use super::failure::Failure;
use super::identity::taken_unless;
use super::session::Session;
use super::values::Columns;
use crate::notation::Word;
use crate::rows::{AccountMode, AccountRow};

/// Parameters are read as the text they were written in.
const COLUMNS: &str = "id, tenant_id, name, mode, strategy, parameters::text, base_currency, created";

pub(super) fn insert(session: &mut Session, account: &AccountRow) -> Result<(), Failure> {
    let sql = "INSERT INTO accounts (id, tenant_id, name, mode, strategy, parameters, base_currency, created)
               VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8) ON CONFLICT (tenant_id, name) DO NOTHING";
    let made = session.execute(
        sql,
        &[
            &account.id.0,
            &account.tenant.0,
            &account.name,
            &account.mode.word(),
            &account.strategy,
            &account.parameters.to_string(),
            &account.base_currency.as_str(),
            &account.created.nanos(),
        ],
    )?;
    taken_unless(made, "account", &account.name)?;
    Ok(())
}

pub(super) fn all(session: &mut Session, tenant: TenantId) -> Result<Vec<AccountRow>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 ORDER BY created, id");
    session.query(&sql, &[&tenant.0])?.iter().map(account).collect()
}

pub(super) fn one(
    session: &mut Session,
    tenant: TenantId,
    id: AccountId,
) -> Result<Option<AccountRow>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE tenant_id = $1 AND id = $2");
    session.query_one(&sql, &[&tenant.0, &id.0])?.as_ref().map(account).transpose()
}

fn account(row: &Row) -> Result<AccountRow, Failure> {
    let mut columns = Columns::of(row);
    Ok(AccountRow {
        id: AccountId(columns.uuid()?),
        tenant: TenantId(columns.uuid()?),
        name: columns.get()?,
        mode: columns.named(AccountMode::read)?,
        strategy: columns.get()?,
        parameters: columns.named(|text| serde_json::from_str(text).ok())?,
        base_currency: columns.named(Currency::new)?,
        created: columns.time()?,
    })
}
