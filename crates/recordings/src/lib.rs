//! Finds the recorded market data that tests and benchmarks run on.
//!
//! The recordings are not part of this repository: they are looked for in `BELLWETHER_DATA`, then in
//! `../shared/data` beside the checkout. This crate is a dev-dependency only, and it does not read the files.

use std::path::{Path, PathBuf};

/// The path of a recording below the data folder, or `None` after saying on standard error what was skipped.
#[must_use]
#[expect(clippy::print_stderr, reason = "a skipped test must be loud")]
pub fn find(relative: &str) -> Option<PathBuf> {
    let found = folder().map(|folder| folder.join(relative)).filter(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: no recording `{relative}`; set BELLWETHER_DATA to the data folder to run this");
    }
    found
}

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BELLWETHER_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    [named, Some(beside)].into_iter().flatten().find(|folder| folder.is_dir())
}
