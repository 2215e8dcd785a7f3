use domain::TenantId;
use uuid::Uuid;

use super::Postgres;
use super::failure::Failure;
use super::values::Columns;
use crate::StoreError;
use crate::backend::{IdentityRows, Outcome};
use crate::notation::Word;
use crate::rows::{Role, TenantRow, UserRow};

const USER: &str = "id, tenant_id, username, role, created";

impl IdentityRows for Postgres {
    fn insert_tenant(&self, tenant: &TenantRow) -> Outcome<()> {
        self.write("making a tenant", |session| {
            let sql = "INSERT INTO tenants (id, name, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            let made = session.execute(sql, &[&tenant.id.0, &tenant.name, &tenant.created.nanos()])?;
            taken_unless(made, "tenant", &tenant.name)?;
            Ok(())
        })
    }

    fn tenants(&self) -> Outcome<Vec<TenantRow>> {
        self.read("listing tenants", |session| {
            let rows = session.query("SELECT id, name, created FROM tenants ORDER BY name", &[])?;
            let read = rows.iter().map(|row| {
                let mut columns = Columns::of(row);
                let id = TenantId(columns.uuid()?);
                Ok(TenantRow { id, name: columns.get()?, created: columns.time()? })
            });
            read.collect()
        })
    }

    fn insert_user(&self, user: &UserRow, password_hash: &str) -> Outcome<()> {
        self.write("making a user", |session| {
            let sql = "INSERT INTO users (id, tenant_id, username, password_hash, role, created)
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (username) DO NOTHING";
            let made = session.execute(
                sql,
                &[
                    &user.id,
                    &user.tenant.0,
                    &user.username,
                    &password_hash,
                    &user.role.word(),
                    &user.created.nanos(),
                ],
            )?;
            taken_unless(made, "user", &user.username)?;
            Ok(())
        })
    }

    fn user(&self, id: Uuid) -> Outcome<Option<UserRow>> {
        self.read("finding a user", |session| {
            let row = session.query_one(&format!("SELECT {USER} FROM users WHERE id = $1"), &[&id])?;
            row.as_ref().map(|row| user(&mut Columns::of(row))).transpose()
        })
    }

    fn user_with_hash(&self, username: &str) -> Outcome<Option<(UserRow, String)>> {
        self.read("finding a user", |session| {
            // No user can have such a name, and no parameter can hold it.
            if username.contains('\0') {
                return Ok(None);
            }
            let sql = format!("SELECT {USER}, password_hash FROM users WHERE username = $1");
            let row = session.query_one(&sql, &[&username])?;
            let read = row.as_ref().map(|row| {
                let mut columns = Columns::of(row);
                Ok((user(&mut columns)?, columns.get()?))
            });
            read.transpose()
        })
    }

    fn admin(&self) -> Outcome<Option<UserRow>> {
        self.read("finding an administrator", |session| {
            let sql = format!("SELECT {USER} FROM users WHERE role = 'admin' ORDER BY created, id LIMIT 1");
            let row = session.query_one(&sql, &[])?;
            row.as_ref().map(|row| user(&mut Columns::of(row))).transpose()
        })
    }

    fn set_password_hash(&self, user: Uuid, password_hash: &str) -> Outcome<()> {
        self.write("changing a password", |session| {
            let sql = "UPDATE users SET password_hash = $2 WHERE id = $1";
            if session.execute(sql, &[&user, &password_hash])? == 0 {
                return Err(StoreError::not_found(format!("there is no user {user}")).into());
            }
            Ok(())
        })
    }
}

fn user(columns: &mut Columns<'_>) -> Result<UserRow, Failure> {
    Ok(UserRow {
        id: columns.uuid()?,
        tenant: TenantId(columns.uuid()?),
        username: columns.get()?,
        role: columns.named(Role::read)?,
        created: columns.time()?,
    })
}

/// An insert that made no row met one of that name.
pub(super) fn taken_unless(made: u64, what: &str, name: &str) -> Result<(), StoreError> {
    if made > 0 {
        return Ok(());
    }
    Err(StoreError::conflict(format!("there is a {what} `{name}` already")))
}
