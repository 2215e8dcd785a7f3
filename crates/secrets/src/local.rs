//! Secrets of this machine: variables and mounted files.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::config::Environment;
use crate::error::Fault;
use crate::field;
use crate::secret::Secret;

/// The largest file that is read as a secret.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// Room for one byte more than that, and for the reader's own probing.
const ROOM: usize = 65 << 10;

/// What is not right about the place of a secret that could be read. Whether it may stay so is the caller's to say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Warning {
    #[error(
        "`{}` can be read by every user of this machine: take the right from others (mode 0400 or 0440; in \
         Kubernetes `defaultMode: 0400` of the volume)",
        path.display()
    )]
    WorldReadable { path: PathBuf },
}

pub(crate) fn variable(environment: &Environment, name: &str) -> Result<Secret, Fault> {
    let value = environment.get(name).ok_or_else(|| Fault::invalid("the variable is not set"))?;
    field::present(value)
}

/// The file's text without the line end that editors and `echo` leave at its end.
pub(crate) async fn file(path: &Path) -> Result<(Secret, Option<Warning>), Fault> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || read(&path))
        .await
        .unwrap_or_else(|_| Err(Fault::transient("the file was not read: the program is stopping")))
}

fn read(path: &Path) -> Result<(Secret, Option<Warning>), Fault> {
    let refuse = |error: std::io::Error| Fault::invalid(format!("the file cannot be read: {error}"));
    // asked before it is opened: opening a pipe waits for whoever writes to it
    let status = std::fs::metadata(path).map_err(refuse)?;
    if !status.is_file() {
        return Err(Fault::invalid("that is not a regular file"));
    }
    // as large as it can become, so that growing leaves no copy behind
    let mut text = Zeroizing::new(String::with_capacity(ROOM));
    let file = File::open(path).map_err(refuse)?;
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(refuse)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Fault::invalid(format!("the file is larger than {FILE_BYTES_MAX} bytes")));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let value = field::present(Secret::new(line.strip_suffix('\r').unwrap_or(line)))?;
    Ok((value, is_world_readable(&status).then(|| Warning::WorldReadable { path: path.to_owned() })))
}

#[cfg(unix)]
fn is_world_readable(status: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    status.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
fn is_world_readable(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests;
