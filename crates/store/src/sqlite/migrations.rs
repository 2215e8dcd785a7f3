//! The versions of the tables in SQLite's words, and the record of which ones this database has.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::failure::Failure;
use super::values::Columns;
use crate::migrations::{Migration, Migrations, Step};
use crate::rows::{Direction, MigrationChange, MigrationRow};

pub(super) const MIGRATIONS: Migrations = Migrations(&[
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
    Migration {
        name: "bar_rules",
        up: include_str!("migrations/0005_bar_rules.up.sql"),
        down: include_str!("migrations/0005_bar_rules.down.sql"),
    },
    Migration {
        name: "dead_letters",
        up: include_str!("migrations/0006_dead_letters.up.sql"),
        down: include_str!("migrations/0006_dead_letters.down.sql"),
    },
    Migration {
        name: "pairs",
        up: include_str!("migrations/0007_pairs.up.sql"),
        down: include_str!("migrations/0007_pairs.down.sql"),
    },
]);

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

/// Every known version and whether it is applied.
pub(super) fn status(connection: &Connection) -> Result<Vec<MigrationRow>, Failure> {
    Ok(MIGRATIONS.status(&applied(connection)?))
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
            direction: columns.named(Direction::read)?,
            at_ms: columns.get()?,
        })
    })?;
    rows.collect()
}

/// The version the tables are at, after making sure that the record is one this program can go on from.
pub(super) fn version(connection: &Connection) -> Result<u32, Failure> {
    Ok(Migrations::version(&applied(connection)?))
}

/// The next step from `at` towards `target`, in the caller's transaction. Returns the version reached.
pub(super) fn step(transaction: &Transaction<'_>, at: u32, target: u32) -> Result<u32, Failure> {
    transaction.execute_batch(RECORD)?;
    let Step { version, migration, direction, reached } = MIGRATIONS.step(at, target)?;
    match direction {
        Direction::Up => {
            transaction.execute_batch(migration.up)?;
            transaction.execute(
                "INSERT INTO migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
                params![version, migration.name, migration.checksum()],
            )?;
        }
        Direction::Down => {
            transaction.execute_batch(migration.down)?;
            transaction.execute("DELETE FROM migrations WHERE version = ?1", params![version])?;
        }
    }
    transaction.execute(
        "INSERT INTO migration_history (version, direction) VALUES (?1, ?2)",
        params![version, direction.word()],
    )?;
    Ok(reached)
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
    MIGRATIONS.check(&rows)?;
    Ok(rows)
}

fn has_record(connection: &Connection) -> rusqlite::Result<bool> {
    let found: Option<i64> = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'", [], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}
