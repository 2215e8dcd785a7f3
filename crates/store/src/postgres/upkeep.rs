use std::time::Duration;

use super::Postgres;
use super::migrations::{self, MIGRATIONS};
use super::values::{Columns, storable};
use crate::archive::{Table, tables};
use crate::backend::{Outcome, UpkeepRows};
use crate::rows::{MigrationChange, MigrationRow};
use crate::store::PoolState;

impl UpkeepRows for Postgres {
    fn migrations(&self) -> Outcome<Vec<MigrationRow>> {
        self.read("reading the tables' version", migrations::status)
    }

    fn migration_history(&self) -> Outcome<Vec<MigrationChange>> {
        self.read("reading the tables' history", migrations::history)
    }

    fn migrate_to(&self, target: u32) -> Outcome<()> {
        if target > MIGRATIONS.newest() {
            return Err(MIGRATIONS.unknown(target));
        }
        let step = || {
            self.write_within(None, "changing the tables' version", |session| {
                migrations::step(session, target)
            })
        };
        while step()? != target {}
        self.partitions.forget();
        Ok(())
    }

    fn newest_version(&self) -> u32 {
        MIGRATIONS.newest()
    }

    /// The server verifies each page that it reads, where its data have checksums, and each value that it sends.
    fn check(&self) -> Outcome<()> {
        self.write_within(None, "checking the database", |session| {
            for Table { name: table, .. } in tables() {
                let known = session.query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&table])?;
                if known.is_some_and(|row| row.get(0)) {
                    let all = format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)");
                    session.copy_out(&all, |_| Ok(()))?;
                }
            }
            Ok(())
        })
    }

    fn ping(&self, limit: Duration) -> Outcome<()> {
        self.ping_within(limit)
    }

    fn pool(&self) -> PoolState {
        self.connections.state()
    }

    fn meta(&self, key: &str) -> Outcome<Option<String>> {
        self.read("reading a value", |session| {
            let row = session.query_one("SELECT value FROM meta WHERE key = $1", &[&storable(key)])?;
            row.as_ref().map(|row| Columns::of(row).get()).transpose()
        })
    }

    fn set_meta(&self, key: &str, value: &str) -> Outcome<()> {
        self.write("keeping a value", |session| {
            let sql = "INSERT INTO meta (key, value) VALUES ($1, $2)
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            session.execute(sql, &[&storable(key), &storable(value)])?;
            Ok(())
        })
    }
}
