use std::path::Path;

use engine::{Entry, RecoveryError, State};

use super::{entries_from, snapshot};
use crate::{StoreError, StoreErrorKind};

/// A state rebuilt from disk.
#[derive(Debug)]
pub struct Recovered {
    pub state: State,
    /// The sequence of the snapshot it began with; `None` when the whole journal was folded.
    pub from_snapshot: Option<u64>,
    /// Entries folded, after the snapshot where there was one.
    pub entries_folded: u64,
}

/// Rebuilds an account's state from its newest usable snapshot and the entries after it. `None` when the
/// directory does not exist or holds no entry.
///
/// # Errors
/// `Damaged` when the journal cannot be read or its entries do not fit together.
pub fn recover(directory: &Path) -> Result<Option<Recovered>, StoreError> {
    if !directory.is_dir() {
        return Ok(None);
    }
    for state in snapshot::readable(directory)? {
        let sequence = state.sequence();
        if let Some((state, entries_folded)) = fold_onto(directory, state)? {
            return Ok(Some(Recovered { state, from_snapshot: Some(sequence), entries_folded }));
        }
        tracing::warn!(directory = %directory.display(), sequence, "a snapshot is ahead of its journal");
    }
    let whole = fold(directory, 1, |entries| engine::recover(entries));
    match whole {
        Ok((state, entries_folded)) => Ok(Some(Recovered { state, from_snapshot: None, entries_folded })),
        Err(Fault::Fold(RecoveryError::Empty)) => Ok(None),
        Err(fault) => Err(fault.into_error(directory)),
    }
}

/// Folds the entries after the state's own onto it. `None` when the journal does not hold the state's last
/// entry: the journal is the truth, so such a state is not.
fn fold_onto(directory: &Path, state: State) -> Result<Option<(State, u64)>, StoreError> {
    let sequence = state.sequence();
    let mut reaches = false;
    let folded = fold(directory, sequence, |entries| {
        let entries = entries.inspect(|entry| reaches |= entry.sequence == sequence);
        engine::recover_from(state, entries)
    });
    let (state, count) = folded.map_err(|fault| fault.into_error(directory))?;
    Ok(reaches.then(|| (state, count.saturating_sub(1))))
}

enum Fault {
    Read(StoreError),
    Fold(RecoveryError),
}

impl Fault {
    fn into_error(self, directory: &Path) -> StoreError {
        match self {
            Self::Read(error) => error,
            Self::Fold(error) => StoreError::new(StoreErrorKind::Damaged, error.to_string()).at(directory),
        }
    }
}

/// Runs a fold over the entries from `sequence` on and counts them; a failure to read wins over the fold's own.
fn fold(
    directory: &Path,
    sequence: u64,
    fold: impl FnOnce(&mut dyn Iterator<Item = Entry>) -> Result<State, RecoveryError>,
) -> Result<(State, u64), Fault> {
    let mut source = entries_from(directory, sequence).map_err(Fault::Read)?;
    let (mut failure, mut count) = (None, 0);
    let mut entries = std::iter::from_fn(|| match source.next()? {
        Ok(entry) => {
            count += 1;
            Some(entry)
        }
        Err(error) => {
            failure = Some(error);
            None
        }
    });
    let state = fold(&mut entries);
    match failure {
        Some(error) => Err(Fault::Read(error)),
        None => state.map(|state| (state, count)).map_err(Fault::Fold),
    }
}
