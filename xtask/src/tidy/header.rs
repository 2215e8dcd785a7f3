//! Each crate begins by saying what it is, and what it is not.

use super::Finding;
use super::scan;
use super::tree::Source;

const LINES_MIN: usize = 3;
const RULE: &str = "crate header";

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    if !is_crate_root(&source.path) {
        return;
    }
    let header = header(&source.text);
    if header.len() < LINES_MIN {
        let message = format!(
            "begin with a `//!` header of {LINES_MIN} lines or more: what the crate is, and what it is not"
        );
        findings.push(Finding::line(&source.path, 1, RULE, message));
    } else if !says_not(&header.join("\n")) {
        let message = "the `//!` header must also say what the crate is not";
        findings.push(Finding::line(&source.path, 1, RULE, message));
    }
}

/// `crates/<name>/src/{lib,main}.rs`, and those of xtask.
fn is_crate_root(path: &str) -> bool {
    let inside = path.strip_prefix("crates/").and_then(|rest| rest.split_once('/')).map(|(_, inside)| inside);
    let inside = inside.or_else(|| path.strip_prefix("xtask/"));
    matches!(inside, Some("src/lib.rs" | "src/main.rs"))
}

fn header(text: &str) -> Vec<&str> {
    text.lines().map_while(|line| line.strip_prefix("//!")).collect()
}

fn says_not(header: &str) -> bool {
    scan::words(header).any(|(_, word)| word.eq_ignore_ascii_case("not"))
}
