//! An account's journal on disk, and the state that is rebuilt from it.
//!
//! A directory holds one account: segments `000001.journal`, `000002.journal`, …, each a header and then the
//! frames of `engine::codec` end to end; `snapshot-<sequence>.state` files that shorten recovery and may be
//! deleted at any time; and `lock`, held by the one process that may write.

mod disk;
mod entries;
mod file;
mod frames;
mod opening;
mod recovery;
mod replay;
mod segment;
mod snapshot;

pub use entries::{Entries, entries, entries_from};
pub use file::{FileJournal, JournalOptions, Sync};
pub use opening::OpenReport;
pub use recovery::{Recovered, recover};
pub use replay::ReplayJournal;
pub use snapshot::{SNAPSHOTS_KEPT, load_latest, save};

#[cfg(test)]
pub(crate) use disk::{Disk, SegmentFile};
