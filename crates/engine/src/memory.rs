use crate::{Entry, Journal, JournalFault, codec};

/// A journal in memory, for backtests: the same bytes as on disk, bounded.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    bytes: Vec<u8>,
    entries: u64,
}

impl MemoryJournal {
    /// A run that writes more than this is refused rather than left to exhaust the machine.
    pub const BYTES_MAX: usize = 4 * 1024 * 1024 * 1024;

    /// Every frame so far, end to end.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalFault> {
        if self.bytes.len() >= Self::BYTES_MAX {
            return Err(JournalFault::Full(format!("more than {} bytes in memory", Self::BYTES_MAX)));
        }
        codec::encode(entry, &mut self.bytes)
            .map_err(|reason| JournalFault::Unencodable { sequence: entry.sequence, reason })?;
        self.entries += 1;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        Ok(())
    }
}
