//! Entries of a tar.

use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// Adds a file with those bytes.
pub(super) fn add(tar: &mut Builder<impl Write>, name: &str, bytes: &[u8], made_ms: i64) -> io::Result<()> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    tar.append_data(&mut header(length, made_ms), name, bytes)
}

/// Readable for its owner alone: it may hold hashes of passwords.
pub(super) fn header(length: u64, made_ms: i64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(length);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(made_ms / 1_000).unwrap_or(0));
    header
}

/// The parts of a path that is plain: relative, of named folders and a file.
pub(super) fn parts(path: &Path) -> Option<Vec<String>> {
    let part = |part| match part {
        std::path::Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    path.components().map(part).collect()
}

/// Passes bytes on and sums them up.
pub(super) struct Hashing<S> {
    inner: S,
    hash: Sha256,
    /// Bytes that must still come; fewer are an error, more are left.
    left: u64,
}

impl<S> Hashing<S> {
    pub(super) fn of(inner: S, length: u64) -> Self {
        Self { inner, hash: Sha256::new(), left: length }
    }

    pub(super) fn finish(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<S: Read> Read for Hashing<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut buffer[..wanted])?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read"));
        }
        self.hash.update(&buffer[..read]);
        self.left -= u64::try_from(read).unwrap_or(self.left);
        Ok(read)
    }
}
