//! A file system in memory whose every operation can be made to fail.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::files::{Files, LogFile, Opened};

#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Inside>>);

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    /// How many bytes more fit; a write that does not fit is made in part.
    pub(crate) space: Option<usize>,
    pub(crate) no_open: bool,
    pub(crate) no_rename: bool,
    pub(crate) no_cut: bool,
    /// The most that one write takes.
    pub(crate) bite: Option<usize>,
    pub(crate) writes: usize,
}

impl Shelf {
    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let bytes = self.inside().files.get(Path::new(path)).cloned().unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }

    /// The files' names and what is in them, a line each.
    pub(crate) fn listing(&self) -> Vec<String> {
        let inside = self.inside();
        let shown = |(path, bytes): (&PathBuf, &Vec<u8>)| {
            format!("{}: {}", path.display(), String::from_utf8_lossy(bytes).replace('\n', "|"))
        };
        inside.files.iter().map(shown).collect()
    }
}

fn refused(what: bool) -> io::Result<()> {
    if what { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
}

impl Files for Shelf {
    fn open(&self, path: &Path) -> io::Result<Opened> {
        let mut inside = self.inside();
        refused(inside.no_open)?;
        let bytes = inside.files.entry(path.to_owned()).or_default();
        let is_whole = bytes.last().is_none_or(|byte| *byte == b'\n');
        let length = bytes.len().try_into().unwrap();
        let file = Box::new(Slot { shelf: self.clone(), path: path.to_owned() });
        Ok(Opened { file, length, is_whole })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut inside = self.inside();
        refused(inside.no_rename)?;
        let bytes = inside.files.remove(from).ok_or(ErrorKind::NotFound)?;
        inside.files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let removed = self.inside().files.remove(path);
        removed.map(drop).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn exists(&self, path: &Path) -> bool {
        self.inside().files.contains_key(path)
    }
}

struct Slot {
    shelf: Shelf,
    path: PathBuf,
}

impl LogFile for Slot {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inside = self.shelf.inside();
        inside.writes += 1;
        let fits = bytes.len().min(inside.space.unwrap_or(usize::MAX)).min(inside.bite.unwrap_or(usize::MAX));
        if fits == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        inside.space = inside.space.map(|space| space - fits);
        inside.files.entry(self.path.clone()).or_default().extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut inside = self.shelf.inside();
        refused(inside.no_cut)?;
        let bytes = inside.files.get_mut(&self.path).unwrap();
        let freed = bytes.len() - usize::try_from(length).unwrap();
        bytes.truncate(length.try_into().unwrap());
        inside.space = inside.space.map(|space| space + freed);
        Ok(())
    }
}
