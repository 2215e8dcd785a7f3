//! Dead letters as they travel.

use api::model::DeadLetterPage;
use api::model::operations::DeadLetterView;
use api::{Cut, OperationError};
use serde_json::Value;
use store::{DeadLetterRow, StoreErrorKind};

use crate::node::storing::{Desk, ReplayError};

pub(super) fn page(desk: &Desk, cut: &Cut) -> Result<DeadLetterPage, OperationError> {
    let cut = store::Cut::new(cut.limit, cut.cursor.clone()).map_err(|_| OperationError::Cursor)?;
    let page = desk.list(&cut).map_err(error)?;
    Ok(DeadLetterPage { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor })
}

pub(super) fn view(row: DeadLetterRow) -> DeadLetterView {
    let letter = row.letter;
    DeadLetterView {
        number: row.number,
        item: serde_json::from_str(&letter.payload).unwrap_or(Value::String(letter.payload)),
        origin: letter.origin,
        kind: letter.kind,
        instrument_id: letter.instrument.0,
        error: letter.error,
        attempts: letter.attempts,
        replays: row.replays,
        first_failed_ms: letter.first_failed.millis(),
        last_failed_ms: letter.last_failed.millis(),
    }
}

/// What the database says goes to the log and not to the page.
pub(super) fn error(error: ReplayError) -> OperationError {
    match error {
        ReplayError::Store(error) => match error.kind {
            StoreErrorKind::NotFound => OperationError::NotFound,
            StoreErrorKind::Invalid => OperationError::Cursor,
            _ => {
                tracing::warn!(%error, "dead letters cannot be reached");
                OperationError::Busy("the dead letters cannot be reached right now; try again".to_owned())
            }
        },
        ReplayError::KeptBack(why) => OperationError::Busy(why),
        ReplayError::Unavailable(_) => {
            OperationError::Busy("the sink cannot be reached right now; try again".to_owned())
        }
        ReplayError::RefusedAgain(_) | ReplayError::Unreadable(_) | ReplayError::NoSink(_) => {
            OperationError::Refused(error.to_string())
        }
    }
}
