use std::collections::BTreeSet;

use bytes::Bytes;

use super::Postgres;
use super::failure::Failure;
use super::partitions::{self, days, make};
use super::session::Session;
use crate::StoreError;
use crate::archive::{Fields, Kind, Pieces, Table, Take, trimmed, unreadable};
use crate::backend::{ArchiveRows, Outcome};

/// Of a text of PostgreSQL's; the sign for "nothing" takes its place.
const ZERO: u8 = 0;
const ZERO_SHOWN: &str = "\u{2400}";

impl ArchiveRows for Postgres {
    fn dump(&self, tables: &[Table], take: Take<'_>) -> Outcome<()> {
        self.write_within(None, "reading all rows", |session| {
            session.batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
            for (place, table) in tables.iter().enumerate() {
                dump_table(session, table, &mut |line| take(place, line))?;
            }
            Ok(())
        })
    }

    fn load(&self, tables: &[Table], pieces: Pieces<'_>) -> Outcome<()> {
        let loaded = self.write_within(None, "loading rows", |session| {
            lock_empty(session, tables)?;
            while let Some(piece) = pieces()? {
                load_lines(session, &tables[piece.table], piece.lines)?;
            }
            tables.iter().try_for_each(|table| count_on(session, table))
        });
        self.partitions.forget();
        loaded
    }
}

fn dump_table(
    session: &mut Session,
    table: &Table,
    take: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), Failure> {
    let (list, key) = (table.list(), table.key.join(", "));
    let is_exact = |kind: Kind| matches!(kind, Kind::Decimal | Kind::Quantity);
    let has_exact = table.columns.iter().any(|column| is_exact(column.kind));
    let mut line = Vec::new();
    let mut whole = |sent: &[u8]| {
        if !has_exact {
            return take(sent);
        }
        line.clear();
        for (field, column) in sent.split(|byte| *byte == b'\t').zip(&table.columns) {
            if !line.is_empty() {
                line.push(b'\t');
            }
            line.extend_from_slice(if is_exact(column.kind) { trimmed(field) } else { field });
        }
        take(&line)
    };
    let mut begun: Vec<u8> = Vec::new();
    session.copy_out(&format!("COPY (SELECT {list} FROM {} ORDER BY {key}) TO STDOUT", table.name), |sent| {
        for part in sent.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(end) if begun.is_empty() => whole(end)?,
                Some(end) => {
                    begun.extend_from_slice(end);
                    whole(&begun)?;
                    begun.clear();
                }
                None => begun.extend_from_slice(part),
            }
        }
        Ok(())
    })
}

/// Nobody else may fill them meanwhile.
fn lock_empty(session: &mut Session, tables: &[Table]) -> Result<(), Failure> {
    for table in tables {
        session.batch(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", table.name))?;
        if session.query_one(&format!("SELECT 1 FROM {} LIMIT 1", table.name), &[])?.is_some() {
            return Err(table.is_in_use().into());
        }
    }
    Ok(())
}

fn load_lines(session: &mut Session, table: &Table, mut lines: Vec<u8>) -> Result<(), Failure> {
    if let Some(place) = partitions::TABLES.iter().position(|(name, _)| *name == table.name) {
        let mut wanted = [BTreeSet::new(), BTreeSet::new()];
        wanted[place] = days(times(table, partitions::TABLES[place].1, &lines)?.into_iter());
        make(session, &wanted)?;
    }
    if lines.contains(&ZERO) {
        lines = String::from_utf8_lossy(&lines).replace(char::from(ZERO), ZERO_SHOWN).into_bytes();
    }
    let sql = format!("COPY {} ({}) FROM STDIN", table.name, table.list());
    session.copy_in(&sql, std::iter::once(Bytes::from(lines))).map(drop)
}

/// What stands in a column of times, in the order of the lines.
fn times(table: &Table, column: &str, lines: &[u8]) -> Result<Vec<i64>, StoreError> {
    let place = table.columns.iter().position(|known| known.name == column);
    let place = place.ok_or_else(|| StoreError::invalid(format!("{} has no {column}", table.name)))?;
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let time = |line| {
        let field = Fields::of(line).nth(place).flatten().unwrap_or_default();
        let time = std::str::from_utf8(field).ok().and_then(|text| text.parse().ok());
        time.ok_or_else(|| unreadable(&format!("{}.{column} cannot be that", table.name), field))
    };
    lines.map(time).collect()
}

/// The numbers that the server gives out itself go on behind those that came.
fn count_on(session: &mut Session, table: &Table) -> Result<(), Failure> {
    let own =
        "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attidentity <> ''";
    for row in session.query(own, &[&table.name])? {
        let column: &str = row.get(0);
        session.batch(&format!(
            "SELECT setval(pg_get_serial_sequence('{0}', '{column}'), max({column})) FROM {0} HAVING count(*) > 0",
            table.name
        ))?;
    }
    Ok(())
}
