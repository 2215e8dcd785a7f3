//! Finding a Chromium for the browser test, or installing one where that is ours to do.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::{run, which};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser's path, or the reason there is none.
pub(crate) fn find() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("CHROMIUM").map(PathBuf::from) {
        let wrong = format!("CHROMIUM={} is no file", path.display());
        return if path.is_file() { Ok(path) } else { Err(wrong) };
    }
    if let Some(path) = which(NAMES) {
        return Ok(path);
    }
    if !may_install() {
        return Err(
            "no chromium or google-chrome on the PATH, and only root on Debian or Ubuntu may install it"
                .into(),
        );
    }
    install().map_err(|error| format!("apt-get could not install chromium: {error:#}"))?;
    which(NAMES).ok_or_else(|| "apt-get installed chromium, yet it is not on the PATH".into())
}

fn install() -> Result<()> {
    run(Command::new("apt-get").arg("update"))?;
    let install = ["install", "-y", "--no-install-recommends", "chromium"];
    run(Command::new("apt-get").args(install).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn may_install() -> bool {
    is_root() && Path::new("/etc/debian_version").exists() && which(&["apt-get"]).is_some()
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
