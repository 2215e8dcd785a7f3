//! What may not be in git: big files, built files, paths of one machine, addresses of one registry.

use super::Finding;
use super::scan;
use super::tables::{self, MACHINE_PATHS};
use super::tree::{Source, Tracked, Tree, is_built};

const FILE_BYTES_MAX: u64 = 1 << 20;

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.tracked {
        findings.extend(big(file));
        findings.extend(built(file));
    }
    for source in tree.sources.iter().filter(|source| tree.is_tracked(&source.path)) {
        machine_paths(source, findings);
    }
    for source in tree.sources.iter().filter(|source| source.path.ends_with("package-lock.json")) {
        findings.extend(registry_host(source));
    }
}

pub(super) fn big(file: &Tracked) -> Option<Finding> {
    let message =
        format!("{} bytes, at most {FILE_BYTES_MAX}: generate it, or keep it out of git", file.bytes);
    (file.bytes > FILE_BYTES_MAX).then(|| Finding::line(&file.path, 1, "big file", message))
}

pub(super) fn built(file: &Tracked) -> Option<Finding> {
    let message = "built files do not belong in git: `git rm --cached` it and name its folder in .gitignore";
    is_built(&file.path).then(|| Finding::line(&file.path, 1, "built file", message))
}

pub(super) fn machine_paths(source: &Source, findings: &mut Vec<Finding>) {
    if tables::may_hold_them(&source.path) {
        return;
    }
    for path in MACHINE_PATHS {
        for at in scan::places(&source.text, path).filter(|at| is_absolute(&source.text, *at)) {
            let message =
                format!("`{path}…` exists on one machine only: use a path from the repository's root");
            findings.push(Finding::at(source, at, "machine path", message));
        }
    }
}

/// Whether a path begins at `at`, rather than goes on.
fn is_absolute(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
    !before.is_some_and(|byte| scan::is_word(byte) || b".-~})*".contains(&byte))
}

/// One finding a lock file is enough: they come by the hundred.
pub(super) fn registry_host(source: &Source) -> Option<Finding> {
    let at = source.text.lines().position(|line| line.contains("\"resolved\"") && line.contains("://"))?;
    let message = "names the registry of one machine: \
        run `npm install --package-lock-only --omit-lockfile-registry-resolved=true` in web/";
    Some(Finding::line(&source.path, at + 1, "registry host", message))
}
