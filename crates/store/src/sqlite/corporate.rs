use domain::{CorporateAction, InstrumentId, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, params};

use super::failure::Failure;
use super::market_insert::{check_known, count};
use super::values::Columns;
use crate::market::once;
use crate::notation::Word;
use crate::notation::corporate::{CorporateKind, TermColumns};

const COLUMNS: &str = "instrument, time, kind, numerator, denominator, per_share";

/// How many were new.
pub(super) fn put(transaction: &Transaction<'_>, actions: &[CorporateAction]) -> Result<u64, Failure> {
    check_known(transaction, once(actions.iter().map(|action| action.instrument).collect()))?;
    let sql = format!(
        "INSERT INTO corporate_actions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (instrument, time, kind) DO NOTHING"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut inserted = 0;
    for action in actions {
        let TermColumns { kind, numerator, denominator, per_share } = TermColumns::of(&action.terms);
        inserted += statement.execute(params![
            action.instrument.0,
            action.time.nanos(),
            kind.word(),
            numerator,
            denominator,
            per_share
        ])?;
    }
    Ok(count(inserted))
}

/// Those of `[from, until)`, oldest first.
pub(super) fn range(
    connection: &Connection,
    instrument: InstrumentId,
    from: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<Vec<CorporateAction>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM corporate_actions WHERE instrument = ?1 AND time >= ?2 AND time < ?3
         ORDER BY time, kind"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![instrument.0, from.nanos(), until.nanos()], action)?.collect()
}

fn action(row: &Row<'_>) -> rusqlite::Result<CorporateAction> {
    let mut columns = Columns::of(row);
    let (instrument, time) = (columns.instrument()?, columns.time()?);
    let terms = TermColumns {
        kind: columns.named(CorporateKind::read)?,
        numerator: columns.get()?,
        denominator: columns.get()?,
        per_share: columns.get()?,
    };
    let terms = terms.read().ok_or(rusqlite::Error::InvalidColumnType(2, "kind".to_owned(), Type::Text))?;
    Ok(CorporateAction { instrument, time, terms })
}
