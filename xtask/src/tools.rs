//! Finding the programs that tests run beside ours, or installing them where that is ours to do.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell::{run, which};

/// A program that tests need.
pub(crate) struct Tool {
    /// Names it may have on the PATH.
    names: &'static [&'static str],
    /// The Debian and Ubuntu package that has it.
    package: &'static str,
    /// A variable that names its path instead.
    variable: Option<&'static str>,
}

/// For the test of the page.
pub(crate) const CHROMIUM: Tool = Tool {
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
    variable: Some("CHROMIUM"),
};

/// Checks metrics and alert rules, and scrapes the running program.
pub(crate) const PROMETHEUS: Tool = Tool { names: &["prometheus"], package: "prometheus", variable: None };

/// A server that tests start, kill and start again.
pub(crate) const REDIS: Tool = Tool { names: &["redis-server"], package: "redis-server", variable: None };

/// Another such server. Debian keeps its programs off the PATH, where tests look for them too, but not its wrapper.
pub(crate) const POSTGRES: Tool =
    Tool { names: &["postgres", "pg_ctlcluster"], package: "postgresql", variable: None };

/// Takes the alert mails of tests.
pub(crate) const SMTP: Tool = Tool { names: &["aiosmtpd"], package: "python3-aiosmtpd", variable: None };

/// Builds the client of Kafka, which is in C; it needs the headers that come with the second, too.
pub(crate) const CMAKE: Tool = Tool { names: &["cmake"], package: "cmake", variable: None };
pub(crate) const CURL_HEADERS: Tool =
    Tool { names: &["curl-config"], package: "libcurl4-openssl-dev", variable: None };

impl Tool {
    /// The program's path, or the reason there is none.
    pub(crate) fn find(&self) -> Result<PathBuf, String> {
        if let Some((variable, path)) = self.named() {
            let wrong = format!("{variable}={} is no file", path.display());
            return if path.is_file() { Ok(path) } else { Err(wrong) };
        }
        if let Some(path) = which(self.names) {
            return Ok(path);
        }
        let names = self.names.join(" or ");
        if !may_install() {
            return Err(format!(
                "no {names} on the PATH, and only root on Debian or Ubuntu may install it (package {})",
                self.package
            ));
        }
        install(self.package)
            .map_err(|error| format!("apt-get could not install {}: {error:#}", self.package))?;
        which(self.names)
            .ok_or_else(|| format!("apt-get installed {}, yet {names} is not on the PATH", self.package))
    }

    fn named(&self) -> Option<(&'static str, PathBuf)> {
        let variable = self.variable?;
        Some((variable, PathBuf::from(env::var_os(variable)?)))
    }
}

fn install(package: &str) -> Result<()> {
    run(Command::new("apt-get").arg("update"))?;
    let install = ["install", "-y", "--no-install-recommends", package];
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
