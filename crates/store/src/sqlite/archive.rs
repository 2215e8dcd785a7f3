use domain::Quantity;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Transaction, params_from_iter};
use uuid::Uuid;

use super::Sqlite;
use super::failure::Failure;
use super::values::scaled;
use crate::StoreError;
use crate::archive::{
    Column, Field, Fields, Kind, NOTHING, Pieces, Table, Take, is_decimal, push_decimal, push_text,
    unescaped, unreadable,
};
use crate::backend::{ArchiveRows, Outcome};

impl ArchiveRows for Sqlite {
    fn dump(&self, tables: &[Table], take: Take<'_>) -> Outcome<()> {
        self.connections.with_own("reading all rows", &self.path, |connection| {
            let transaction = connection.unchecked_transaction()?;
            for (place, table) in tables.iter().enumerate() {
                dump_table(&transaction, table, &mut |line| take(place, line))?;
            }
            Ok(())
        })
    }

    fn load(&self, tables: &[Table], pieces: Pieces<'_>) -> Outcome<()> {
        self.write_within(None, "loading rows", |transaction| {
            tables.iter().try_for_each(|table| check_empty(transaction, table))?;
            while let Some(piece) = pieces()? {
                load_lines(transaction, &tables[piece.table], &piece.lines)?;
            }
            Ok(())
        })
    }
}

fn dump_table(
    connection: &Connection,
    table: &Table,
    take: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), Failure> {
    let sql = format!("SELECT {} FROM {} ORDER BY {}", table.list(), table.name, table.key.join(", "));
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut line = Vec::new();
    while let Some(row) = rows.next()? {
        line.clear();
        for (place, column) in table.columns.iter().enumerate() {
            if place > 0 {
                line.push(b'\t');
            }
            push(&mut line, column, row.get_ref(place)?)?;
        }
        take(&line)?;
    }
    Ok(())
}

fn push(line: &mut Vec<u8>, column: &Column, value: ValueRef<'_>) -> Result<(), StoreError> {
    match (column.kind, value) {
        (_, ValueRef::Null) => line.extend_from_slice(NOTHING),
        (Kind::Integer, ValueRef::Integer(number)) => line.extend_from_slice(number.to_string().as_bytes()),
        (Kind::Truth, ValueRef::Integer(truth)) => line.push(if truth == 0 { b'f' } else { b't' }),
        (Kind::Text, ValueRef::Text(text)) => push_text(line, text),
        (Kind::Decimal | Kind::Quantity, ValueRef::Text(text)) => push_decimal(line, text),
        (Kind::Quantity, ValueRef::Integer(raw)) => {
            push_decimal(line, Quantity::from_raw(i128::from(raw)).to_string().as_bytes());
        }
        (Kind::Id, ValueRef::Blob(bytes)) => {
            let id = Uuid::from_slice(bytes).map_err(|error| misread(column, &error.to_string()))?;
            line.extend_from_slice(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
        }
        (_, other) => return Err(misread(column, &format!("it is {}", other.data_type()))),
    }
    Ok(())
}

fn misread(column: &Column, why: &str) -> StoreError {
    StoreError::damaged(format!("the column {} cannot be read: {why}", column.name))
}

fn check_empty(transaction: &Transaction<'_>, table: &Table) -> Result<(), Failure> {
    if transaction.prepare(&format!("SELECT 1 FROM {} LIMIT 1", table.name))?.exists([])? {
        return Err(table.is_in_use().into());
    }
    Ok(())
}

fn load_lines(transaction: &Transaction<'_>, table: &Table, lines: &[u8]) -> Result<(), Failure> {
    let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.list(), places.join(", "));
    let mut statement = transaction.prepare_cached(&sql)?;
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let values = values(table, line.strip_suffix(b"\n").unwrap_or(line))?;
        statement.execute(params_from_iter(values))?;
    }
    Ok(())
}

fn values(table: &Table, line: &[u8]) -> Result<Vec<Value>, StoreError> {
    let fields: Vec<Field<'_>> = Fields::of(line).collect();
    if fields.len() != table.columns.len() {
        return Err(unreadable(&format!("a row of {} with {} columns", table.name, fields.len()), line));
    }
    let read = |(column, field): (&Column, &Field<'_>)| match field {
        None => Ok(Value::Null),
        Some(field) => value(column.kind, field)
            .ok_or_else(|| unreadable(&format!("{}.{} cannot be that", table.name, column.name), field)),
    };
    table.columns.iter().zip(&fields).map(read).collect()
}

fn value(kind: Kind, field: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(field).ok()?;
    match kind {
        Kind::Id => Uuid::parse_str(text).ok().map(|id| Value::Blob(id.as_bytes().to_vec())),
        Kind::Integer => text.parse().ok().map(Value::Integer),
        Kind::Truth => match text {
            "t" => Some(Value::Integer(1)),
            "f" => Some(Value::Integer(0)),
            _ => None,
        },
        Kind::Text => unescaped(field).ok().map(Value::Text),
        Kind::Decimal => is_decimal(field).then(|| Value::Text(text.to_owned())),
        Kind::Quantity => text.parse().ok().map(scaled),
    }
}
