//! The versions of the tables, forward and back. Every database has the same ones, in its own words.

use crate::StoreError;
use crate::rows::{Direction, MigrationRow};

/// One version of the tables. What was released is never changed: a change is a new version.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
}

/// All of a database; version 1 is the first.
#[derive(Clone, Copy)]
pub(crate) struct Migrations(pub(crate) &'static [Migration]);

/// The next step from one version towards another.
pub(crate) struct Step {
    pub(crate) version: u32,
    pub(crate) migration: &'static Migration,
    pub(crate) direction: Direction,
    /// Where the tables are then.
    pub(crate) reached: u32,
}

impl Migration {
    pub(crate) fn checksum(&self) -> String {
        format!("{:08x}{:08x}", crc32fast::hash(self.up.as_bytes()), crc32fast::hash(self.down.as_bytes()))
    }
}

impl Migrations {
    pub(crate) fn newest(self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    fn versions(self) -> impl Iterator<Item = (u32, &'static Migration)> {
        (1..).zip(self.0)
    }

    fn find(self, version: u32) -> Option<&'static Migration> {
        self.versions().find(|(number, _)| *number == version).map(|(_, migration)| migration)
    }

    /// Every known version and whether it is among the applied ones.
    pub(crate) fn status(self, applied: &[MigrationRow]) -> Vec<MigrationRow> {
        let row = |(version, migration): (u32, &Migration)| MigrationRow {
            version,
            name: migration.name.to_owned(),
            checksum: migration.checksum(),
            applied_ms: applied.iter().find(|row| row.version == version).and_then(|row| row.applied_ms),
        };
        self.versions().map(row).collect()
    }

    /// The version of tables with that record.
    pub(crate) fn version(applied: &[MigrationRow]) -> u32 {
        applied.last().map_or(0, |row| row.version)
    }

    /// # Errors
    /// `Invalid` for a version that there is not.
    pub(crate) fn step(self, at: u32, target: u32) -> Result<Step, StoreError> {
        let is_up = target > at;
        let version = if is_up { at + 1 } else { at };
        let migration = self.find(version).ok_or_else(|| self.unknown(version))?;
        let (direction, reached) =
            if is_up { (Direction::Up, version) } else { (Direction::Down, version - 1) };
        Ok(Step { version, migration, direction, reached })
    }

    /// Whether the record, in order, is one that this program can go on from.
    ///
    /// # Errors
    /// `Invalid` for tables of a newer program, `Damaged` for those of another one.
    pub(crate) fn check(self, applied: &[MigrationRow]) -> Result<(), StoreError> {
        applied.iter().zip(1..).try_for_each(|(row, expected)| self.check_row(row, expected))
    }

    fn check_row(self, row: &MigrationRow, expected: u32) -> Result<(), StoreError> {
        match self.find(row.version) {
            None => Err(StoreError::invalid(format!(
                "the tables are of version {}, made by a newer program; this one knows {}",
                row.version,
                self.newest()
            ))),
            Some(migration) if row.version == expected && migration.checksum() == row.checksum => Ok(()),
            Some(_) => Err(StoreError::damaged(format!(
                "version {} (`{}`) of the tables is not the one this program knows",
                row.version, row.name
            ))),
        }
    }

    pub(crate) fn unknown(self, version: u32) -> StoreError {
        let newest = self.newest();
        StoreError::invalid(format!("there is no version {version} of the tables; the newest is {newest}"))
    }
}

impl Direction {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        [Self::Up, Self::Down].into_iter().find(|direction| direction.word() == text)
    }
}
