use domain::{AccountId, Currency, TenantId, Timestamp};
use uuid::Uuid;

/// What a user may do: a viewer reads, a trader also places orders and halts, an admin may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Viewer,
    Trader,
    Admin,
}

/// Which world an account trades in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountMode {
    Backtest,
    Paper,
    Live,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    pub id: TenantId,
    /// Unique.
    pub name: String,
    pub created: Timestamp,
}

/// A user, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    pub id: Uuid,
    pub tenant: TenantId,
    /// Unique, lower case.
    pub username: String,
    pub role: Role,
    pub created: Timestamp,
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Unique within the tenant; 1 to 64 characters.
    pub name: String,
    pub mode: AccountMode,
    /// The strategy's name; empty for an account that only a person trades.
    pub strategy: String,
    /// The strategy's parameters.
    pub parameters: serde_json::Value,
    pub base_currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: AccountId,
    pub tenant: TenantId,
    pub name: String,
    pub mode: AccountMode,
    pub strategy: String,
    pub parameters: serde_json::Value,
    pub base_currency: Currency,
    pub created: Timestamp,
}

/// Something that was done and must stay on record. Rows are added, never changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub time: Timestamp,
    /// `None` for what concerns the whole tenant.
    pub account: Option<AccountId>,
    /// The journal entry behind it; `None` for what no journal holds, such as a sign-in.
    pub sequence: Option<u64>,
    /// A user's name, or `engine`.
    pub actor: String,
    /// A stable word: `halted`, `limits_set`, `signed_in`, …
    pub action: String,
    pub detail: String,
}
