//! The files that a configuration was read from, and whether they have changed since.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it was when it was looked at. One that is not there may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamped {
    path: PathBuf,
    stamp: Option<Stamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    /// Mounted secrets change by a link that comes to lead to another file.
    inode: u64,
}

impl Stamped {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn is_there(&self) -> bool {
        self.stamp.is_some()
    }

    /// Looks at the file. To be called before it is read, so that no change falls in between.
    pub(super) fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        let stamp = std::fs::metadata(path).ok().map(|found| Stamp {
            modified: found.modified().ok(),
            bytes: found.len(),
            inode: found.ino(),
        });
        Self { path: path.to_owned(), stamp }
    }
}

/// The files of a running program's configuration. Whoever holds it polls.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    files: Vec<Stamped>,
}

impl Watched {
    pub(super) const fn new(files: Vec<Stamped>) -> Self {
        Self { files }
    }

    /// Looks at those of `now`, too, and compares them with what they were for it.
    pub(crate) fn follow(&mut self, now: &Self) {
        let known = |file: &&Stamped| self.files.iter().all(|known| known.path != file.path);
        let added: Vec<Stamped> = now.files.iter().filter(known).cloned().collect();
        self.files.extend(added);
    }

    /// Looks at every file. Whether one has changed since the last look, so that a faulty file is read once and
    /// not with every poll.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now: Vec<Stamped> = self.files.iter().map(|file| Stamped::of(&file.path)).collect();
        let has_changed = now != self.files;
        self.files = now;
        has_changed
    }
}

#[cfg(test)]
mod tests;
