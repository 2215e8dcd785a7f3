/// One version of the tables: whether this database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationRow {
    pub version: u32,
    pub name: String,
    /// Of what the version does, so that a changed one is noticed.
    pub checksum: String,
    /// Milliseconds since 1970 by the database's clock; `None` while it is pending.
    pub applied_ms: Option<i64>,
}

/// Which way a migration was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Up,
    Down,
}

/// One step that was taken, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationChange {
    pub version: u32,
    pub direction: Direction,
    /// Milliseconds since 1970 by the database's clock.
    pub at_ms: i64,
}
