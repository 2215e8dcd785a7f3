//! The house rules that no compiler holds. Each rule is a file here; every finding of every rule is
//! reported in one go, as `path:line: rule: what and how to mend`.

use std::fmt;
use std::process::ExitCode;

use anyhow::{Result, bail};

use tree::{Source, Tree};

mod arrows;
mod header;
mod manifest;
mod names;
mod scan;
mod size;
mod tables;
mod tracked;
mod tree;
mod words;

#[cfg(test)]
mod tests;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl Finding {
    /// A finding about the line that holds byte `at` of the source.
    fn at(source: &Source, at: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self::line(&source.path, scan::line_of(&source.text, at), rule, message)
    }

    fn line(path: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, rule, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

pub(crate) fn command() -> Result<ExitCode> {
    run()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints every finding; any finding is an error.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read()?;
    let findings = check(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings", findings.len());
    }
    println!("tidy: {} files, nothing to mend", tree.sources.len());
    Ok(())
}

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = arrows::check(&tree.sources);
    for source in &tree.sources {
        size::check(source, &mut findings);
        names::check(source, &mut findings);
        header::check(source, &mut findings);
        words::check(source, &mut findings);
    }
    tracked::check(tree, &mut findings);
    findings.sort();
    findings
}
