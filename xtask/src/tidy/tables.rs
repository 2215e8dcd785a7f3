//! The words the rules look for. This file and the tests of tidy are the only ones that may hold them.

/// Names of folders, files and modules that name no room.
pub(super) const BANNED_NAMES: &[&str] =
    &["common", "core", "util", "utils", "helper", "helpers", "manager", "misc"];

/// Marks of unfinished work, wherever they stand.
pub(super) const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX"];

/// Unfinished or silenced Rust code: the word, and what to do instead.
pub(super) const UNFINISHED_RUST: &[(&str, &str)] = &[
    ("todo!", "write the code"),
    ("unimplemented!", "write the code"),
    ("#[ignore", "make the test run, or delete it"),
];

/// Lints that may not be allowed, only mended.
pub(super) const NEVER_ALLOWED: &[&str] = &["dead_code"];

/// What a crate that does no I/O, reads no clock and rolls no dice cannot need.
pub(super) const IMPURE: &[&str] =
    &["std::fs", "std::net", "std::thread", "SystemTime", "Instant::now", "rand::"];

/// The same modules, as they would stand in `use std::{…}`.
pub(super) const IMPURE_STD: &[&str] = &["fs", "net", "thread"];

/// Beginnings of paths that exist on one machine only.
pub(super) const MACHINE_PATHS: &[&str] = &["/home/", "/root/"];

/// Whether a file may hold these words because it is about them.
pub(super) fn may_hold_them(path: &str) -> bool {
    matches!(path, "xtask/src/tidy/tables.rs" | "xtask/src/tidy/tests.rs")
}
