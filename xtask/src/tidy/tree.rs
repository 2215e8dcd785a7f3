//! The files the rules look at: what git tracks, and what it would track if it were added.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::scan;
use crate::shell::{root, stdout_of};

/// Folders of built files; no rule about sources reads them.
pub(super) const BUILT: &[&str] = &["web/dist/", "web/node_modules/", "target/"];

pub(super) struct Source {
    /// From the root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// Rust with its comments and literals blanked, byte for byte in place; other files as they are.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { scan::mask(text) } else { text.into() };
        Self { path: path.into(), text: text.into(), code }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// TypeScript or Svelte of the UI.
    pub(super) fn is_web(&self) -> bool {
        self.path.ends_with(".ts") || self.path.ends_with(".svelte")
    }

    /// Rust that is no test and no benchmark.
    pub(super) fn is_production(&self) -> bool {
        let aside = |part: &str| matches!(part, "tests" | "benches" | "tests.rs");
        self.is_rust() && !self.path.split('/').any(aside)
    }
}

pub(super) struct Tracked {
    pub(super) path: String,
    pub(super) bytes: u64,
}

pub(super) struct Tree {
    /// Text files, tracked or not yet.
    pub(super) sources: Vec<Source>,
    pub(super) tracked: Vec<Tracked>,
}

impl Tree {
    pub(super) fn read() -> Result<Self> {
        let tracked = list(&["--cached"])?;
        let all = list(&["--cached", "--others", "--exclude-standard"])?;
        let sources = all.iter().filter(|path| !is_built(path)).filter_map(source).collect();
        Ok(Self { sources, tracked: tracked.into_iter().filter_map(measured).collect() })
    }

    pub(super) fn is_tracked(&self, path: &str) -> bool {
        self.tracked.iter().any(|file| file.path == path)
    }
}

pub(super) fn is_built(path: &str) -> bool {
    BUILT.iter().any(|folder| path.starts_with(folder))
}

fn list(what: &[&str]) -> Result<BTreeSet<String>> {
    let mut command = Command::new("git");
    command.args(["ls-files", "-z"]).args(what).current_dir(root());
    let names = stdout_of(&mut command).context("tidy asks git which files there are")?;
    let names = String::from_utf8_lossy(&names).into_owned();
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(String::from).collect())
}

/// `None` for what is no text, and for what is deleted but not yet committed.
fn source(path: &String) -> Option<Source> {
    let text = fs::read_to_string(root().join(path)).ok()?;
    (!text.contains('\0')).then(|| Source::new(path, &text))
}

fn measured(path: String) -> Option<Tracked> {
    let bytes = fs::symlink_metadata(root().join(&path)).ok()?.len();
    Some(Tracked { path, bytes })
}
