//! From journal to state.

use thiserror::Error;

use crate::{Entry, FoldError, Record, State};

/// Why a journal makes no state.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecoveryError {
    #[error("the journal is empty")]
    Empty,
    #[error("the journal does not begin with the opening of an account")]
    NotOpened,
    #[error("entry {found} follows entry {after}: entries are missing")]
    Gap { after: u64, found: u64 },
    #[error("entry {sequence} does not fit the entries before it: {cause}")]
    Misfit { sequence: u64, cause: FoldError },
}

/// Folds a whole journal.
///
/// # Errors
/// [`RecoveryError`] names the entry that does not fit.
pub fn recover(entries: impl IntoIterator<Item = Entry>) -> Result<State, RecoveryError> {
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or(RecoveryError::Empty)?;
    let Record::Opened(opening) = &first.record else { return Err(RecoveryError::NotOpened) };
    if first.sequence != 1 {
        return Err(RecoveryError::Gap { after: 0, found: first.sequence });
    }
    recover_from(State::open(opening, first.time), entries)
}

/// Folds the entries that follow a snapshot; those it already holds are passed over.
///
/// # Errors
/// See [`recover`].
pub fn recover_from(
    mut state: State,
    entries: impl IntoIterator<Item = Entry>,
) -> Result<State, RecoveryError> {
    state.make_room_for_prices();
    for entry in entries {
        if entry.sequence <= state.sequence() {
            continue;
        }
        if entry.sequence != state.sequence() + 1 {
            return Err(RecoveryError::Gap { after: state.sequence(), found: entry.sequence });
        }
        state
            .apply(entry.time, &entry.record)
            .map_err(|cause| RecoveryError::Misfit { sequence: entry.sequence, cause })?;
    }
    Ok(state)
}
