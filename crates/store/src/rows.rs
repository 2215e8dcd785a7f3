//! What is stored, as plain values.

mod account;
mod dead_letter;
mod trading;
mod upkeep;

pub use account::{AccountMode, AccountRow, AuditRow, NewAccount, Role, TenantRow, UserRow};
pub use dead_letter::{DeadLetter, DeadLetterRow};
pub use trading::{DenialRow, EquityRow, FillRow, HistoryRow, OrderFilter, OrderRow};
pub use upkeep::{Direction, MigrationChange, MigrationRow};
