//! How much room a folder's file system has.

use std::path::Path;

/// Bytes that this user may still write where `folder` is; `None` when that cannot be known.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(folder).ok()?;
    room.f_bavail.checked_mul(room.f_frsize)
}
