use std::path::Path;

use domain::AccountId;
use engine::{Entry, Record, RecoveryError, State};

use super::Projector;
use crate::{StoreError, TenantStore, journal};

/// Row changes that are written at once.
const CHANGES_AT_ONCE: usize = 5_000;

/// Projects the entries of the journal in `directory` that the tables do not have yet, with the memory of one
/// account. Call it while the account's cell stands still: before it runs, or between two of its events on its own
/// thread. A new [`Projector`] goes on from the returned sequence.
///
/// # Errors
/// `Damaged` when the journal cannot be read or is another account's; otherwise as [`TenantStore::project`].
pub fn catch_up(directory: &Path, account: AccountId, rows: &TenantStore) -> Result<u64, StoreError> {
    let projected = rows.projected_sequence(account)?;
    let mut projector = Projector::new(account, projected);
    let mut state: Option<State> = None;
    for entry in journal::entries(directory)? {
        let entry = entry?;
        let folded = fold(state.take(), &entry).map_err(|error| misfit(&error, directory))?;
        if folded.account() != account || folded.tenant() != rows.tenant() {
            return Err(StoreError::damaged("the journal is another account's").at(directory));
        }
        projector.apply(&folded, &entry);
        if projector.pending() >= CHANGES_AT_ONCE {
            projector.commit(rows)?;
        }
        state = Some(folded);
    }
    projector.commit(rows)
}

fn fold(state: Option<State>, entry: &Entry) -> Result<State, RecoveryError> {
    match (state, &entry.record) {
        (Some(state), _) => engine::recover_from(state, std::iter::once(entry.clone())),
        (None, Record::Opened(opening)) => Ok(State::open(opening, entry.time)),
        (None, _) => Err(RecoveryError::NotOpened),
    }
}

fn misfit(error: &RecoveryError, directory: &Path) -> StoreError {
    StoreError::damaged(error.to_string()).at(directory)
}
