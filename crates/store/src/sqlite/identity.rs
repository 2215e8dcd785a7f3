use domain::TenantId;
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::Sqlite;
use super::values::{Columns, bytes};
use crate::StoreError;
use crate::backend::{IdentityRows, Outcome};
use crate::notation::Word;
use crate::rows::{Role, TenantRow, UserRow};

const USER: &str = "id, tenant_id, username, role, created";

impl IdentityRows for Sqlite {
    fn insert_tenant(&self, tenant: &TenantRow) -> Outcome<()> {
        self.write("making a tenant", |transaction| {
            let made = transaction
                .prepare_cached("INSERT OR IGNORE INTO tenants (id, name, created) VALUES (?1, ?2, ?3)")?
                .execute(params![bytes(&tenant.id.0), tenant.name, tenant.created.nanos()])?;
            taken_unless(made, "tenant", &tenant.name)?;
            Ok(())
        })
    }

    fn tenants(&self) -> Outcome<Vec<TenantRow>> {
        self.read("listing tenants", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT id, name, created FROM tenants ORDER BY name")?;
            let rows = statement.query_map([], |row| {
                let mut columns = Columns::of(row);
                let id = TenantId(columns.uuid()?);
                Ok(TenantRow { id, name: columns.get()?, created: columns.time()? })
            })?;
            rows.collect()
        })
    }

    fn insert_user(&self, user: &UserRow, password_hash: &str) -> Outcome<()> {
        self.write("making a user", |transaction| {
            let sql = "INSERT INTO users (id, tenant_id, username, password_hash, role, created)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (username) DO NOTHING";
            let made = transaction.prepare_cached(sql)?.execute(params![
                bytes(&user.id),
                bytes(&user.tenant.0),
                user.username,
                password_hash,
                user.role.word(),
                user.created.nanos(),
            ])?;
            taken_unless(made, "user", &user.username)?;
            Ok(())
        })
    }

    fn user(&self, id: Uuid) -> Outcome<Option<UserRow>> {
        self.read("finding a user", |connection| {
            connection
                .prepare_cached(&format!("SELECT {USER} FROM users WHERE id = ?1"))?
                .query_row(params![bytes(&id)], |row| user(&mut Columns::of(row)))
                .optional()
        })
    }

    fn user_with_hash(&self, username: &str) -> Outcome<Option<(UserRow, String)>> {
        self.read("finding a user", |connection| {
            connection
                .prepare_cached(&format!("SELECT {USER}, password_hash FROM users WHERE username = ?1"))?
                .query_row(params![username], user_with_hash)
                .optional()
        })
    }

    fn admin(&self) -> Outcome<Option<UserRow>> {
        self.read("finding an administrator", |connection| {
            let sql = format!("SELECT {USER} FROM users WHERE role = 'admin' ORDER BY created, id LIMIT 1");
            connection.prepare_cached(&sql)?.query_row([], |row| user(&mut Columns::of(row))).optional()
        })
    }

    fn set_password_hash(&self, user: Uuid, password_hash: &str) -> Outcome<()> {
        self.write("changing a password", |transaction| {
            let changed = transaction
                .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
                .execute(params![bytes(&user), password_hash])?;
            if changed == 0 {
                return Err(StoreError::not_found(format!("there is no user {user}")).into());
            }
            Ok(())
        })
    }
}

fn user(columns: &mut Columns<'_, '_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        id: columns.uuid()?,
        tenant: TenantId(columns.uuid()?),
        username: columns.get()?,
        role: columns.named(Role::read)?,
        created: columns.time()?,
    })
}

fn user_with_hash(row: &Row<'_>) -> rusqlite::Result<(UserRow, String)> {
    let mut columns = Columns::of(row);
    Ok((user(&mut columns)?, columns.get()?))
}

/// An insert that made no row met one of that name.
pub(super) fn taken_unless(made: usize, what: &str, name: &str) -> Result<(), StoreError> {
    if made > 0 {
        return Ok(());
    }
    Err(StoreError::conflict(format!("there is a {what} `{name}` already")))
}
