//! From journal entries to rows: what a page shows of an account is a projection of its journal, and can be made
//! from it again at any time.

mod catch_up;
mod changes;
mod projector;

pub use catch_up::catch_up;
pub use changes::Changes;
pub use projector::{CHANGES_PENDING_MAX, Projector};

pub(crate) use changes::{Change, Row};
