//! Snapshots of a state: what recovery begins with instead of the journal's first entry. Losing one costs time
//! and nothing else, so whatever is odd about a file is a reason to pass it over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use engine::State;

use super::disk::sync_directory;
use crate::StoreError;

const MAGIC: [u8; 8] = *b"BWSTATE1";

/// A state is laid out by the program's types, so only the same version reads it.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// The newest ones that stay; older ones are deleted.
pub const SNAPSHOTS_KEPT: usize = 2;

/// Writes `snapshot-<sequence>.state` beside the journal: whole or not at all. The entries the state was made
/// of must be committed. Returns the file.
///
/// # Errors
/// `Full`, or whatever the file system says; earlier snapshots are untouched then.
pub fn save(directory: &Path, state: &State) -> Result<PathBuf, StoreError> {
    let path = directory.join(format!("snapshot-{}.state", state.sequence()));
    let temporary = directory.join("snapshot.unfinished");
    let bytes = encode(state).map_err(|error| StoreError::invalid(error.to_string()).at(&path))?;
    write(&temporary, &bytes)
        .and_then(|()| fs::rename(&temporary, &path))
        .and_then(|()| sync_directory(directory))
        .map_err(|error| {
            // The unfinished file is overwritten by the next attempt; removing it only frees its space.
            drop(fs::remove_file(&temporary));
            StoreError::io(&error, "writing a snapshot", &path)
        })?;
    for (_, old) in list(directory)?.into_iter().skip(SNAPSHOTS_KEPT) {
        fs::remove_file(&old).map_err(|error| StoreError::io(&error, "deleting an old snapshot", &old))?;
    }
    Ok(path)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn encode(state: &State) -> postcard::Result<Vec<u8>> {
    let body = postcard::to_stdvec(&(PROGRAM, state))?;
    let mut bytes = Vec::with_capacity(body.len() + 12);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// The newest snapshot that can be read; `None` without one.
///
/// # Errors
/// When the directory cannot be listed.
pub fn load_latest(directory: &Path) -> Result<Option<State>, StoreError> {
    Ok(readable(directory)?.next())
}

/// The snapshots that can be read, newest first.
pub(super) fn readable(directory: &Path) -> Result<impl Iterator<Item = State>, StoreError> {
    Ok(list(directory)?.into_iter().filter_map(|(sequence, path)| read(sequence, &path)))
}

fn read(sequence: u64, path: &Path) -> Option<State> {
    let state = fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| decode(&bytes));
    match state {
        Ok(state) if state.sequence() == sequence => return Some(state),
        Ok(_) => tracing::warn!(path = %path.display(), "a snapshot bears another's name and is passed over"),
        Err(error) => tracing::warn!(path = %path.display(), error, "a snapshot is passed over"),
    }
    None
}

fn decode(bytes: &[u8]) -> Result<State, String> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or("it is no snapshot of this format")?;
    let (checksum, body) = rest.split_first_chunk::<4>().ok_or("it is cut short")?;
    if crc32fast::hash(body).to_le_bytes() != *checksum {
        return Err("it fails its checksum".to_owned());
    }
    let (program, body) = postcard::take_from_bytes::<&str>(body).map_err(|error| error.to_string())?;
    if program != PROGRAM {
        return Err(format!("it was written by version {program}"));
    }
    match postcard::take_from_bytes(body) {
        Ok((state, [])) => Ok(state),
        Ok(_) => Err("it holds more than a state".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Deletes the snapshots that are ahead of a journal whose last entry is `sequence`: entries with their numbers
/// may be written anew, and then those snapshots would lie.
pub(super) fn discard_after(directory: &Path, sequence: u64) -> Result<(), StoreError> {
    for (_, ahead) in list(directory)?.into_iter().filter(|(of, _)| *of > sequence) {
        tracing::warn!(path = %ahead.display(), "deleted a snapshot that is ahead of its journal");
        fs::remove_file(&ahead).map_err(|error| StoreError::io(&error, "deleting a snapshot", &ahead))?;
    }
    Ok(())
}

/// Every snapshot's sequence and file, newest first.
fn list(directory: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
    let failed = |error: io::Error| StoreError::io(&error, "listing the snapshots", directory);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let sequence = name.to_str().and_then(|name| name.strip_prefix("snapshot-")?.strip_suffix(".state"));
        if let Some(sequence) = sequence.and_then(|sequence| sequence.parse::<u64>().ok()) {
            found.push((sequence, entry.path()));
        }
    }
    found.sort_unstable_by(|left, right| right.cmp(left));
    Ok(found)
}
