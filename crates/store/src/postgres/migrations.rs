//! The versions of the tables in PostgreSQL's words, and the record of which ones this database has.

use super::failure::Failure;
use super::session::Session;
use super::values::Columns;
use crate::migrations::{Migration, Migrations, Step};
use crate::rows::{Direction, MigrationChange, MigrationRow};

/// The same numbers as of every other database.
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
  version    bigint NOT NULL PRIMARY KEY,
  name       text NOT NULL,
  checksum   text NOT NULL,
  applied_ms bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
);
CREATE TABLE IF NOT EXISTS migration_history (
  number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version   bigint NOT NULL,
  direction text NOT NULL,
  at_ms     bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
);";

/// Any number that nothing else on the server takes.
const LOCK: i64 = 0x6265_6c6c_6d69_6772;

/// Every known version and whether it is applied.
pub(super) fn status(session: &mut Session) -> Result<Vec<MigrationRow>, Failure> {
    Ok(MIGRATIONS.status(&applied(session)?))
}

pub(super) fn history(session: &mut Session) -> Result<Vec<MigrationChange>, Failure> {
    if !has_record(session)? {
        return Ok(Vec::new());
    }
    let rows =
        session.query("SELECT version, direction, at_ms FROM migration_history ORDER BY number", &[])?;
    let read = rows.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(MigrationChange {
            version: columns.small()?,
            direction: columns.named(Direction::read)?,
            at_ms: columns.get()?,
        })
    });
    read.collect()
}

/// The next step towards `target`, in the caller's transaction. Returns the version reached. Of several programs
/// that start at once one goes, and the others find what it did.
pub(super) fn step(session: &mut Session, target: u32) -> Result<u32, Failure> {
    session.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let at = Migrations::version(&applied(session)?);
    if at == target {
        return Ok(at);
    }
    session.batch(RECORD)?;
    let Step { version, migration, direction, reached } = MIGRATIONS.step(at, target)?;
    let number = i64::from(version);
    match direction {
        Direction::Up => {
            session.batch(migration.up)?;
            let sql = "INSERT INTO migrations (version, name, checksum) VALUES ($1, $2, $3)";
            session.execute(sql, &[&number, &migration.name, &migration.checksum()])?;
        }
        Direction::Down => {
            session.batch(migration.down)?;
            session.execute("DELETE FROM migrations WHERE version = $1", &[&number])?;
        }
    }
    let sql = "INSERT INTO migration_history (version, direction) VALUES ($1, $2)";
    session.execute(sql, &[&number, &direction.word()])?;
    Ok(reached)
}

fn applied(session: &mut Session) -> Result<Vec<MigrationRow>, Failure> {
    if !has_record(session)? {
        return Ok(Vec::new());
    }
    let rows =
        session.query("SELECT version, name, checksum, applied_ms FROM migrations ORDER BY version", &[])?;
    let read = rows.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok(MigrationRow {
            version: columns.small()?,
            name: columns.get()?,
            checksum: columns.get()?,
            applied_ms: columns.get()?,
        })
    });
    let rows = read.collect::<Result<Vec<_>, Failure>>()?;
    MIGRATIONS.check(&rows)?;
    Ok(rows)
}

fn has_record(session: &mut Session) -> Result<bool, Failure> {
    let row = session.query_one("SELECT to_regclass('migrations') IS NOT NULL", &[])?;
    Ok(row.is_some_and(|row| row.get(0)))
}
