//! Words that may not stand: marks of unfinished work everywhere, inline tests in production files, and
//! I/O, clocks and dice in the pure crates.

use super::Finding;
use super::arrows::PURE;
use super::scan;
use super::tables::{self, IMPURE, IMPURE_STD, NEVER_ALLOWED, UNFINISHED, UNFINISHED_RUST};
use super::tree::Source;

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    if (source.is_rust() || source.is_web()) && !tables::may_hold_them(&source.path) {
        unfinished(source, findings);
    }
    if source.is_rust() {
        unfinished_rust(source, findings);
        allowed_lints(source, findings);
    }
    if source.is_production() {
        inline_tests(source, findings);
    }
    if source.is_rust() && source.is_production() && is_pure(&source.path) {
        impure(source, findings);
        impure_groups(source, findings);
    }
}

fn unfinished(source: &Source, findings: &mut Vec<Finding>) {
    for word in UNFINISHED {
        for at in scan::places(&source.text, word) {
            findings.push(Finding::at(
                source,
                at,
                "unfinished",
                format!("{word}: finish it, or open an issue"),
            ));
        }
    }
}

fn unfinished_rust(source: &Source, findings: &mut Vec<Finding>) {
    for (word, advice) in UNFINISHED_RUST {
        for at in scan::places(&source.code, word) {
            findings.push(Finding::at(source, at, "unfinished", format!("`{word}`: {advice}")));
        }
    }
}

fn allowed_lints(source: &Source, findings: &mut Vec<Finding>) {
    for at in scan::places(&source.code, "allow(") {
        let list = source.code[at..].split(')').next().unwrap_or_default();
        for lint in NEVER_ALLOWED.iter().filter(|lint| scan::places(list, lint).next().is_some()) {
            findings.push(Finding::at(
                source,
                at,
                "allowed lint",
                format!("allow({lint}): delete what is not used"),
            ));
        }
    }
}

fn inline_tests(source: &Source, findings: &mut Vec<Finding>) {
    for at in scan::places(&source.code, "mod tests") {
        let next = source.code[at + "mod tests".len()..].trim_start();
        if next.starts_with('{') {
            let message = "move the tests to `tests.rs` and leave `#[cfg(test)] mod tests;`";
            findings.push(Finding::at(source, at, "inline tests", message));
        }
    }
}

fn is_pure(path: &str) -> bool {
    let inside = |krate: &str| path.strip_prefix("crates/")?.strip_prefix(krate)?.strip_prefix("/src/");
    PURE.iter().any(|krate| inside(krate).is_some())
}

fn impure(source: &Source, findings: &mut Vec<Finding>) {
    for word in IMPURE {
        findings.extend(scan::places(&source.code, word).map(|at| impurity(source, at, word)));
    }
}

/// `use std::{fs, …}`: the names between the braces, one level deep.
fn impure_groups(source: &Source, findings: &mut Vec<Finding>) {
    const GROUP: &str = "std::{";
    for at in scan::places(&source.code, GROUP) {
        let inside = &source.code[at + GROUP.len()..];
        let mut depth = 0;
        let end = inside.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth < 0
        });
        let heads =
            inside[..end.unwrap_or(0)].split(',').map(|item| item.split("::").next().unwrap_or(item).trim());
        let impure = heads.filter(|head| IMPURE_STD.contains(head));
        findings.extend(impure.map(|head| impurity(source, at, &format!("std::{head}"))));
    }
}

fn impurity(source: &Source, at: usize, word: &str) -> Finding {
    let message = format!(
        "`{word}` in a crate that does no I/O, reads no clock and rolls no dice: take it from the event"
    );
    Finding::at(source, at, "impure", message)
}
