use domain::{CorporateAction, CorporateTerms, Dividend, InstrumentId, Price, Split, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, params};

use super::failure::Failure;
use super::market_insert::{check_known, count};
use super::values::Columns;
use super::words::Word;

const COLUMNS: &str = "instrument, time, kind, numerator, denominator, per_share";

/// The words are in the order of events: of one moment, `dividend` sorts before `split`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Dividend,
    Split,
}

impl Word for Kind {
    const ALL: &'static [Self] = &[Self::Dividend, Self::Split];

    fn word(self) -> &'static str {
        match self {
            Self::Dividend => "dividend",
            Self::Split => "split",
        }
    }
}

/// How many were new.
pub(super) fn put(transaction: &Transaction<'_>, actions: &[CorporateAction]) -> Result<u64, Failure> {
    check_known(transaction, actions.iter().map(|action| action.instrument).collect())?;
    let sql = format!(
        "INSERT INTO corporate_actions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (instrument, time, kind) DO NOTHING"
    );
    let mut statement = transaction.prepare_cached(&sql)?;
    let mut inserted = 0;
    for action in actions {
        let (instrument, time) = (action.instrument.0, action.time.nanos());
        inserted += match action.terms {
            CorporateTerms::Dividend(Dividend { per_share }) => {
                let kind = Kind::Dividend.word();
                statement.execute(params![
                    instrument,
                    time,
                    kind,
                    None::<u32>,
                    None::<u32>,
                    per_share.raw()
                ])?
            }
            CorporateTerms::Split(Split { numerator, denominator }) => {
                let kind = Kind::Split.word();
                statement.execute(params![instrument, time, kind, numerator, denominator, None::<i64>])?
            }
        };
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
    let kind = columns.named(Kind::read)?;
    let (numerator, denominator, per_share) = (columns.get()?, columns.get()?, columns.get()?);
    let terms = match (kind, numerator, denominator, per_share) {
        (Kind::Dividend, None, None, Some(raw)) => {
            CorporateTerms::Dividend(Dividend { per_share: Price::from_raw(raw) })
        }
        (Kind::Split, Some(numerator), Some(denominator), None) => {
            CorporateTerms::Split(Split { numerator, denominator })
        }
        _ => return Err(rusqlite::Error::InvalidColumnType(2, "kind".to_owned(), Type::Text)),
    };
    Ok(CorporateAction { instrument, time, terms })
}
