//! Who may come in: tenants, users, passwords, and the right to a tenant's rows that a login makes.

mod admin;
mod password;
mod random;

pub use admin::Admin;
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN, Secret};

pub(crate) use random::new_uuid;

use std::sync::Arc;

use domain::{TenantId, Timestamp};
use uuid::Uuid;

use crate::backend::Backend;
use crate::rows::{Role, TenantRow, UserRow};
use crate::{StoreError, StoreErrorKind, TenantAccess};

/// Names of tenants, users and accounts are no longer, in characters.
const NAME_CHARACTERS_MAX: usize = 64;

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub tenant: TenantId,
    /// Unique in the whole store; kept in lower case.
    pub username: String,
    pub password: Secret,
    pub role: Role,
}

/// Someone who gave the right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: UserRow,
    pub access: TenantAccess,
}

/// The store's users. Passwords are kept as bcrypt hashes only.
#[derive(Debug, Clone)]
pub struct Identity {
    backend: Arc<dyn Backend>,
    cost: u32,
}

impl Identity {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend, cost: password::COST }
    }

    /// Hashes in no time and protects nothing: for tests that sign in often. Users made at one cost sign in at
    /// any other.
    #[must_use]
    pub fn with_weak_hashes_for_tests(self) -> Self {
        Self { cost: password::COST_OF_TESTS, ..self }
    }

    /// # Errors
    /// `Conflict` when there is one of that name, `Invalid` for a name that is none.
    pub fn create_tenant(&self, name: &str, now: Timestamp) -> Result<TenantRow, StoreError> {
        check_name("tenant name", name)?;
        let tenant = TenantRow { id: TenantId(new_uuid(now)?), name: name.to_owned(), created: now };
        self.backend.insert_tenant(&tenant)?;
        Ok(tenant)
    }

    /// By name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tenants(&self) -> Result<Vec<TenantRow>, StoreError> {
        self.backend.tenants()
    }

    /// # Errors
    /// `Conflict` when the username is taken; `Invalid` for a tenant, name or password that cannot be.
    pub fn create_user(&self, new: &NewUser, now: Timestamp) -> Result<UserRow, StoreError> {
        check_name("username", &new.username)?;
        password::check(&new.password)?;
        let user = UserRow {
            id: new_uuid(now)?,
            tenant: new.tenant,
            username: new.username.to_lowercase(),
            role: new.role,
            created: now,
        };
        self.backend.insert_user(&user, &password::hash(&new.password, self.cost)?)?;
        Ok(user)
    }

    /// Takes as long for a name that does not exist as for a wrong password.
    ///
    /// # Errors
    /// `Unauthorised` for either, without saying which.
    pub fn login(&self, username: &str, password: &Secret) -> Result<Login, StoreError> {
        let found = self.backend.user_with_hash(&username.to_lowercase())?;
        let hash = match &found {
            Some((_, hash)) => hash.clone(),
            None => password::hash_of_nobody(self.cost),
        };
        let is_right = password::verify(password, &hash)?;
        match found {
            Some((user, _)) if is_right => Ok(login(user)),
            _ => Err(unauthorised("the username and the password do not belong together")),
        }
    }

    /// The user behind a token that was checked, as they are now.
    ///
    /// # Errors
    /// `Unauthorised` when there is no such user any more.
    pub fn access_of(&self, user: Uuid) -> Result<Login, StoreError> {
        self.backend.user(user)?.map(login).ok_or_else(|| unauthorised("the user does not exist"))
    }

    /// # Errors
    /// `NotFound` for the user, `Invalid` for a password that cannot be.
    pub fn set_password(&self, user: Uuid, new: &Secret) -> Result<(), StoreError> {
        password::check(new)?;
        self.backend.set_password_hash(user, &password::hash(new, self.cost)?)
    }
}

fn login(user: UserRow) -> Login {
    Login { access: TenantAccess::authenticated(user.tenant), user }
}

fn unauthorised(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Unauthorised, what)
}

/// One to 64 characters, none of them a control character, no blank at either end.
pub(crate) fn check_name(what: &str, name: &str) -> Result<(), StoreError> {
    let length = name.chars().count();
    if (1..=NAME_CHARACTERS_MAX).contains(&length)
        && !name.chars().any(char::is_control)
        && name.trim() == name
    {
        return Ok(());
    }
    let rule = format!("1 to {NAME_CHARACTERS_MAX} characters without blanks at its ends");
    Err(StoreError::invalid(format!("the {what} must have {rule}")))
}
