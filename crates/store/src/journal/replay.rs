use std::path::Path;

use engine::{Entry, Journal, JournalFault, codec};

use super::entries::Frames;
use super::{FileJournal, JournalOptions, OpenReport};
use crate::StoreError;

/// Resumes an interrupted deterministic run: entries that are already in the journal are compared byte for byte
/// and not written again, the ones after them are appended.
#[derive(Debug)]
pub struct ReplayJournal {
    journal: FileJournal,
    /// What is still to be compared; `None` once all of it was met.
    existing: Option<Frames>,
    verified: u64,
    entries: u64,
    frame: Vec<u8>,
}

impl ReplayJournal {
    /// Opens the journal as [`FileJournal::open`] does; a run that starts over begins with its first entry.
    ///
    /// # Errors
    /// See [`FileJournal::open`].
    pub fn open(directory: &Path, options: JournalOptions) -> Result<(Self, OpenReport), StoreError> {
        let (journal, report) = FileJournal::open(directory, options)?;
        let existing = (report.entries > 0).then(|| Frames::from(directory, 1)).transpose()?;
        let replay = Self { journal, existing, verified: 0, entries: report.entries, frame: Vec::new() };
        Ok((replay, report))
    }

    /// How many entries were found to be the same as before.
    #[must_use]
    pub const fn verified(&self) -> u64 {
        self.verified
    }

    /// How many entries of the run before were not met again yet.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.entries - self.verified
    }

    /// The journal itself, for what comes after the run.
    #[must_use]
    pub fn into_inner(self) -> FileJournal {
        self.journal
    }

    fn verify(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        self.frame.clear();
        codec::encode(entry, &mut self.frame)
            .map_err(|reason| JournalFault::Unencodable { sequence: entry.sequence, reason })?;
        let Some(existing) = &mut self.existing else { return Ok(()) };
        match existing.next().map_err(StoreError::into_fault)? {
            Some((_, frame)) if frame == self.frame => {
                self.verified += 1;
                Ok(())
            }
            _ => Err(JournalFault::Diverged { sequence: entry.sequence }),
        }
    }
}

impl Journal for ReplayJournal {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        if self.existing.is_none() {
            return self.journal.append(entry);
        }
        self.verify(entry)?;
        if self.verified == self.entries {
            self.existing = None;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        self.journal.commit()
    }
}
