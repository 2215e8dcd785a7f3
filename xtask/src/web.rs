//! The web UI's dependencies and build, each done only when its inputs changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::hash;
use crate::shell::{npm, run, web, which};

/// What is in `web/` but is not a source of `web/dist`.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "test-results", "playwright-report"];

pub(crate) enum Ui {
    Ready,
    /// There is no UI, and this is why.
    Absent(String),
}

/// Why nothing can be done in `web/`; `None` when it can.
pub(crate) fn obstacle() -> Option<String> {
    if !web().join("package.json").is_file() {
        return Some("web/package.json is missing".into());
    }
    let missing = |name: &&str| which(&[*name]).is_none();
    let name = ["node", "npm"].into_iter().find(missing)?;
    Some(format!("`{name}` is not on the PATH: install Node.js 20.19 or later"))
}

/// Makes `web/dist` agree with the sources in `web/`.
pub(crate) fn build() -> Result<Ui> {
    if let Some(reason) = obstacle() {
        println!("no UI: {reason}");
        return Ok(Ui::Absent(reason));
    }
    install()?;
    let stamp = web().join("dist/.source-hash");
    let now = hash::tree(&web(), NOT_SOURCES)?;
    if holds(&stamp, &now) {
        println!("web/dist is up to date");
        return Ok(Ui::Ready);
    }
    run(&mut npm(&["run", "build"]))?;
    write(&stamp, &now)?;
    Ok(Ui::Ready)
}

/// `npm ci`, unless node_modules was made from this very package-lock.json.
pub(crate) fn install() -> Result<()> {
    let stamp = web().join("node_modules/.lock-hash");
    let now = hash::file(&web().join("package-lock.json"))?;
    if holds(&stamp, &now) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &now)
}

fn holds(stamp: &Path, hash: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text.trim() == hash)
}

fn write(stamp: &Path, hash: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(stamp, hash).with_context(|| format!("cannot write {}", stamp.display()))
}
