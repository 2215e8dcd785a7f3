//! The versions of the tables, forward and back, and the record of which ones this database has.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::failure::Failure;
use super::values::Columns;
use crate::StoreError;
use crate::rows::{Direction, MigrationChange, MigrationRow};

/// One version of the tables. What was released is never changed: a change is a new version.
struct Migration {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

/// Version 1 is the first.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "tenants",
        up: include_str!("migrations/0001_tenants.up.sql"),
        down: include_str!("migrations/0001_tenants.down.sql"),
    },
    Migration {
        name: "trading",
        up: include_str!("migrations/0002_trading.up.sql"),
        down: include_str!("migrations/0002_trading.down.sql"),
    },
    Migration {
        name: "market",
        up: include_str!("migrations/0003_market.up.sql"),
        down: include_str!("migrations/0003_market.down.sql"),
    },
    Migration {
        name: "corporate_actions",
        up: include_str!("migrations/0004_corporate_actions.up.sql"),
        down: include_str!("migrations/0004_corporate_actions.down.sql"),
    },
];

const RECORD: &str = "
CREATE TABLE IF NOT EXISTS migrations (
  version    INTEGER NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_ms INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;
CREATE TABLE IF NOT EXISTS migration_history (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,
  version   INTEGER NOT NULL,
  direction TEXT NOT NULL,
  at_ms     INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;";

impl Migration {
    fn checksum(&self) -> String {
        format!("{:08x}{:08x}", crc32fast::hash(self.up.as_bytes()), crc32fast::hash(self.down.as_bytes()))
    }
}

pub(super) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

fn versions() -> impl Iterator<Item = (u32, &'static Migration)> {
    (1..).zip(MIGRATIONS)
}

/// Every known version and whether it is applied.
pub(super) fn status(connection: &Connection) -> Result<Vec<MigrationRow>, Failure> {
    let applied = applied(connection)?;
    let rows = versions().map(|(version, migration)| MigrationRow {
        version,
        name: migration.name.to_owned(),
        checksum: migration.checksum(),
        applied_ms: applied.iter().find(|row| row.version == version).and_then(|row| row.applied_ms),
    });
    Ok(rows.collect())
}

pub(super) fn history(connection: &Connection) -> rusqlite::Result<Vec<MigrationChange>> {
    if !has_record(connection)? {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare("SELECT version, direction, at_ms FROM migration_history ORDER BY number")?;
    let rows = statement.query_map([], |row| {
        let mut columns = Columns::of(row);
        Ok(MigrationChange {
            version: columns.get()?,
            direction: columns.named(|text| match text {
                "up" => Some(Direction::Up),
                "down" => Some(Direction::Down),
                _ => None,
            })?,
            at_ms: columns.get()?,
        })
    })?;
    rows.collect()
}

/// The version the tables are at, after making sure that the record is one this program can go on from.
pub(super) fn version(connection: &Connection) -> Result<u32, Failure> {
    Ok(applied(connection)?.last().map_or(0, |row| row.version))
}

/// The next step from `at` towards `target`, in the caller's transaction. Returns the version reached.
pub(super) fn step(transaction: &Transaction<'_>, at: u32, target: u32) -> Result<u32, Failure> {
    transaction.execute_batch(RECORD)?;
    let is_up = target > at;
    let version = if is_up { at + 1 } else { at };
    let known = versions().find(|(number, _)| *number == version);
    let Some((_, migration)) = known else { return Err(unknown(version).into()) };
    if is_up {
        transaction.execute_batch(migration.up)?;
        transaction.execute(
            "INSERT INTO migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
            params![version, migration.name, migration.checksum()],
        )?;
    } else {
        transaction.execute_batch(migration.down)?;
        transaction.execute("DELETE FROM migrations WHERE version = ?1", params![version])?;
    }
    transaction.execute(
        "INSERT INTO migration_history (version, direction) VALUES (?1, ?2)",
        params![version, if is_up { "up" } else { "down" }],
    )?;
    Ok(if is_up { version } else { version - 1 })
}

fn applied(connection: &Connection) -> Result<Vec<MigrationRow>, Failure> {
    if !has_record(connection)? {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare("SELECT version, name, checksum, applied_ms FROM migrations ORDER BY version")?;
    let rows = statement.query_map([], |row| {
        let mut columns = Columns::of(row);
        Ok(MigrationRow {
            version: columns.get()?,
            name: columns.get()?,
            checksum: columns.get()?,
            applied_ms: columns.get()?,
        })
    })?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for (row, expected) in rows.iter().zip(1..) {
        check(row, expected)?;
    }
    Ok(rows)
}

fn check(row: &MigrationRow, expected: u32) -> Result<(), StoreError> {
    let known = versions().find(|(version, _)| *version == row.version);
    match known {
        None => Err(StoreError::invalid(format!(
            "the tables are of version {}, made by a newer program; this one knows {}",
            row.version,
            newest()
        ))),
        Some((version, migration)) if version == expected && migration.checksum() == row.checksum => Ok(()),
        Some(_) => Err(StoreError::damaged(format!(
            "version {} (`{}`) of the tables is not the one this program knows",
            row.version, row.name
        ))),
    }
}

pub(super) fn unknown(version: u32) -> StoreError {
    StoreError::invalid(format!("there is no version {version} of the tables; the newest is {}", newest()))
}

fn has_record(connection: &Connection) -> rusqlite::Result<bool> {
    let found: Option<i64> = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'", [], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}
