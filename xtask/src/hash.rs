//! One number for the content of a file or a tree of files (FNV-1a): it answers "did anything change?".
//! No secret rests on it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

#[derive(Clone, Copy)]
struct Fnv(u64);

impl Fnv {
    fn add(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME)))
    }

    fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}

pub(crate) fn file(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Fnv(OFFSET).add(&bytes).text())
}

/// Names and bytes of every file below `folder`, in a fixed order; entries called like one of `without`
/// are left out.
pub(crate) fn tree(folder: &Path, without: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    collect(folder, without, &mut files)?;
    files.sort();
    let mut hash = Fnv(OFFSET);
    for path in files {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        hash = hash.add(name.as_bytes()).add(&[0]).add(&bytes.len().to_le_bytes()).add(&bytes);
    }
    Ok(hash.text())
}

fn collect(folder: &Path, without: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if without.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), without, files)?;
        } else if entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}
