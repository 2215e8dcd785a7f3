use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::Sqlite;
use super::migrations::{self, MIGRATIONS};
use crate::StoreError;
use crate::backend::{Outcome, UpkeepRows};
use crate::rows::{MigrationChange, MigrationRow};
use crate::store::PoolState;

impl UpkeepRows for Sqlite {
    fn migrations(&self) -> Outcome<Vec<MigrationRow>> {
        self.read_checked("reading the tables' version", migrations::status)
    }

    fn migration_history(&self) -> Outcome<Vec<MigrationChange>> {
        self.read("reading the tables' history", migrations::history)
    }

    fn migrate_to(&self, target: u32) -> Outcome<()> {
        if target > MIGRATIONS.newest() {
            return Err(MIGRATIONS.unknown(target).at(&self.path));
        }
        // The version is read and changed in one transaction, so that two processes that start at once agree.
        let step = || {
            self.write_within(None, "changing the tables' version", |transaction| {
                let at = migrations::version(transaction)?;
                if at == target { Ok(at) } else { migrations::step(transaction, at, target) }
            })
        };
        while step()? != target {}
        self.connections.note_version(target);
        Ok(())
    }

    fn newest_version(&self) -> u32 {
        MIGRATIONS.newest()
    }

    fn check(&self) -> Outcome<()> {
        let (findings, orphans) =
            self.connections.with_own("checking the database", &self.path, |connection| {
                let mut statement = connection.prepare("PRAGMA integrity_check(10)")?;
                let findings = statement.query_map([], |row| row.get::<_, String>(0))?;
                let findings = findings.collect::<rusqlite::Result<Vec<_>>>()?;
                Ok((findings, connection.prepare("PRAGMA foreign_key_check")?.exists([])?))
            })?;
        if findings == ["ok"] && !orphans {
            return Ok(());
        }
        let what = format!("the database is damaged: {}; restore it from a backup", findings.join("; "));
        Err(StoreError::damaged(what).at(&self.path))
    }

    fn ping(&self, limit: Duration) -> Outcome<()> {
        self.connections.ping(limit)
    }

    fn pool(&self) -> PoolState {
        self.connections.state()
    }

    fn meta(&self, key: &str) -> Outcome<Option<String>> {
        self.read("reading a value", |connection| {
            connection
                .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
                .query_row(params![key], |row| row.get(0))
                .optional()
        })
    }

    fn set_meta(&self, key: &str, value: &str) -> Outcome<()> {
        self.write("keeping a value", |transaction| {
            let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            transaction.prepare_cached(sql)?.execute(params![key, value])?;
            Ok(())
        })
    }
}
