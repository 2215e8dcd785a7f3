//! The accounts' journals in a backup: one folder an account.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tar::Builder;

use super::JOURNALS;
use super::entry::{Hashing, header};
use crate::StoreError;

/// What a file of a journal is called; snapshots beside them are made again.
const SEGMENT: &str = "journal";

/// Adds every segment below the folder, oldest first, so that what is written meanwhile is at most missing at the
/// end. Returns what each file hashes to.
pub(super) fn add_journals(
    tar: &mut Builder<impl Write>,
    folder: &Path,
    made_ms: i64,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut hashes = BTreeMap::new();
    for account in sorted(folder)? {
        for path in
            sorted(&account)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == SEGMENT))
        {
            let name = format!("{JOURNALS}/{}/{}", name_of(&account), name_of(&path));
            let failed = |error: io::Error| StoreError::io(&error, "copying a journal", &path);
            let file = File::open(&path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            let mut hashing = Hashing::of(file, length);
            tar.append_data(&mut header(length, made_ms), &name, &mut hashing).map_err(failed)?;
            hashes.insert(name, hashing.finish());
        }
    }
    Ok(hashes)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Vec::new()),
        listed => listed.and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect()),
    };
    let mut paths: Vec<PathBuf> =
        listed.map_err(|error| StoreError::io(&error, "listing journals", folder))?;
    paths.sort_unstable();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Journals on their way to where they belong: they are put beside it, and moved there when all is well.
pub(super) struct Arriving {
    home: PathBuf,
    beside: PathBuf,
    is_home: bool,
}

impl Arriving {
    /// # Errors
    /// `Conflict` when there are journals already.
    pub(super) fn towards(home: &Path) -> Result<Self, StoreError> {
        if !sorted(home)?.is_empty() {
            let what = "there are journals already; restore into a new data folder";
            return Err(StoreError::conflict(what).at(home));
        }
        let beside = home.with_extension("restoring");
        let made = match fs::remove_dir_all(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::create_dir_all(&beside),
        };
        made.map_err(|error| StoreError::io(&error, "making a folder", &beside))?;
        Ok(Self { home: home.to_owned(), beside, is_home: false })
    }

    /// Writes one file, durably; returns its hash.
    pub(super) fn put(
        &self,
        account: &str,
        segment: &str,
        bytes: impl Read,
        length: u64,
    ) -> Result<String, StoreError> {
        let folder = self.beside.join(account);
        let path = folder.join(segment);
        let mut hashing = Hashing::of(bytes, length);
        let written = fs::create_dir_all(&folder).and_then(|()| {
            let mut file = File::create_new(&path)?;
            io::copy(&mut hashing, &mut file)?;
            file.sync_all()
        });
        written.map_err(|error| StoreError::io(&error, "restoring a journal", &path))?;
        Ok(hashing.finish())
    }

    pub(super) fn bring_home(&mut self) -> Result<(), StoreError> {
        // An empty one is in the way of another's name.
        let moved = match fs::remove_dir(&self.home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(&self.beside, &self.home),
        };
        moved.map_err(|error| StoreError::io(&error, "moving the journals to their place", &self.home))?;
        self.is_home = true;
        Ok(())
    }

    /// The rows could not be kept: the journals must not stay without them.
    pub(super) fn take_back(&mut self) {
        if self.is_home && fs::rename(&self.home, &self.beside).is_ok() {
            self.is_home = false;
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.is_home
            && let Err(error) = fs::remove_dir_all(&self.beside)
        {
            tracing::warn!(%error, folder = %self.beside.display(), "what was half restored is still there");
        }
    }
}
