//! What is stored, as plain values.

mod account;
mod trading;
mod upkeep;

pub use account::{AccountMode, AccountRow, AuditRow, NewAccount, Role, TenantRow, UserRow};
pub use trading::{DenialRow, EquityRow, FillRow, HistoryRow, OrderFilter, OrderRow};
pub use upkeep::{Direction, MigrationChange, MigrationRow};
