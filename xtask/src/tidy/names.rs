//! Names that name no room are not used, for folders, files or modules.

use super::Finding;
use super::scan;
use super::tables::BANNED_NAMES;
use super::tree::Source;

const RULE: &str = "banned name";

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    if !(source.is_rust() || source.is_web() || source.path.ends_with("Cargo.toml")) {
        return;
    }
    findings.extend(source.path.split('/').filter_map(|part| banned_part(source, part)));
    if source.is_rust() {
        findings.extend(modules(&source.code).filter_map(|(at, name)| banned_module(source, at, name)));
    }
}

fn banned_part(source: &Source, part: &str) -> Option<Finding> {
    let stem = part.split('.').next().unwrap_or(part);
    is_banned(stem).then(|| Finding::line(&source.path, 1, RULE, advice(stem)))
}

fn banned_module(source: &Source, at: usize, name: &str) -> Option<Finding> {
    is_banned(name).then(|| Finding::at(source, at, RULE, advice(name)))
}

fn is_banned(name: &str) -> bool {
    BANNED_NAMES.iter().any(|banned| name.eq_ignore_ascii_case(banned))
}

fn advice(name: &str) -> String {
    format!("`{name}` names no room: name the thing it holds, or move it to the room that owns it")
}

/// The modules a file declares, inline or not.
fn modules(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let names = scan::words(code).skip(1);
    scan::words(code).zip(names).filter(|((_, word), _)| *word == "mod").map(|(_, name)| name)
}
