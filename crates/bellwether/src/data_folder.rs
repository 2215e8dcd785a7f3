//! The folder of database, journals and keys.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

use crate::exit::Refused;

/// Makes the folder where it is not there, and takes it for this process alone; the lock goes with the process,
/// however that ends.
pub(crate) fn lock(folder: &Path) -> Result<File> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let path = folder.join("up.lock");
    let context = || format!("{}: the data folder cannot be locked", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(context)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Refused::usage(format!(
            "{}: another `bellwether up` runs on this data folder; stop it first, or choose another folder with \
             --data-dir",
            folder.display()
        ))
        .into()),
        Err(TryLockError::Error(error)) => Err(error).with_context(context),
    }
}
