use domain::{CorporateAction, InstrumentId, Timestamp};
use tokio_postgres::Row;

use super::failure::Failure;
use super::instruments::check_known;
use super::session::Session;
use super::values::Columns;
use crate::market::once;
use crate::notation::Word;
use crate::notation::corporate::{CorporateKind, TermColumns};

const COLUMNS: &str = "instrument, time, kind, numerator, denominator, per_share";

/// How many were new.
pub(super) fn put(session: &mut Session, actions: &[CorporateAction]) -> Result<u64, Failure> {
    check_known(session, &once(actions.iter().map(|action| action.instrument).collect()))?;
    let sql = format!(
        "INSERT INTO corporate_actions ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (instrument, time, kind) DO NOTHING"
    );
    let mut inserted = 0;
    for action in actions {
        let TermColumns { kind, numerator, denominator, per_share } = TermColumns::of(&action.terms);
        inserted += session.execute(
            &sql,
            &[
                &action.instrument.0.cast_signed(),
                &action.time.nanos(),
                &kind.word(),
                &numerator.map(i64::from),
                &denominator.map(i64::from),
                &per_share,
            ],
        )?;
    }
    Ok(inserted)
}

/// Those of `[from, until)`, oldest first.
pub(super) fn range(
    session: &mut Session,
    instrument: InstrumentId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<CorporateAction>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM corporate_actions WHERE instrument = $1 AND time >= $2 AND time < $3
         ORDER BY time, kind"
    );
    let rows = session.query(&sql, &[&instrument.0.cast_signed(), &from.nanos(), &until.nanos()])?;
    rows.iter().map(action).collect()
}

fn action(row: &Row) -> Result<CorporateAction, Failure> {
    let mut columns = Columns::of(row);
    let (instrument, time) = (columns.instrument()?, columns.time()?);
    let terms = TermColumns {
        kind: columns.named(CorporateKind::read)?,
        numerator: columns.small_or_none()?,
        denominator: columns.small_or_none()?,
        per_share: columns.get()?,
    };
    let misfit = || columns.unreadable(2, "the other columns do not fit it");
    Ok(CorporateAction { instrument, time, terms: terms.read().ok_or_else(misfit)? })
}
