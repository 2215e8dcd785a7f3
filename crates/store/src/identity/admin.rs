use domain::Timestamp;

use super::{Identity, NewUser, Secret, random::random_password};
use crate::StoreError;
use crate::rows::{Role, UserRow};

/// The tenant that is made with the first administrator.
const FIRST_TENANT: &str = "default";
const FIRST_USERNAME: &str = "admin";

/// The administrator that a store begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admin {
    /// Made now. The password is there when it was invented: show it once, it is stored nowhere.
    Created { user: UserRow, invented: Option<Secret> },
    /// There was one before; nothing has changed.
    Existing(UserRow),
}

impl Admin {
    #[must_use]
    pub const fn user(&self) -> &UserRow {
        match self {
            Self::Created { user, .. } | Self::Existing(user) => user,
        }
    }
}

impl Identity {
    /// Makes sure that somebody can sign in. Without any administrator one is made, called `admin` with an
    /// invented password unless others are given, in the first tenant, which is made too where there is none.
    ///
    /// # Errors
    /// `Invalid` for a name or password that cannot be, `Conflict` when the name is another user's.
    pub fn ensure_admin(
        &self,
        username: Option<&str>,
        password: Option<Secret>,
        now: Timestamp,
    ) -> Result<Admin, StoreError> {
        if let Some(user) = self.backend.admin()? {
            return Ok(Admin::Existing(user));
        }
        let (password, invented) = match password {
            Some(password) => (password, None),
            None => {
                let invented = Secret::new(random_password()?);
                (invented.clone(), Some(invented))
            }
        };
        let tenant = match self.tenants()?.into_iter().next() {
            Some(tenant) => tenant,
            None => self.create_tenant(FIRST_TENANT, now)?,
        };
        let username = username.unwrap_or(FIRST_USERNAME).to_owned();
        let new = NewUser { tenant: tenant.id, username, password, role: Role::Admin };
        Ok(Admin::Created { user: self.create_user(&new, now)?, invented })
    }
}
