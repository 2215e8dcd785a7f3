//! Runs the program and reads what it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::configuration::DOCUMENTED;

/// The three recordings of one asset.
pub(super) const MARKETS: [&str; 3] = ["spot_btcusdt", "usdm_btcusdt", "cm_btcusd_perp"];

/// A finished run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// No matter what went in, this must not have happened.
    pub(super) fn assert_no_panic(&self) {
        assert!(!self.err.contains("panicked"), "{self:?}");
        assert!(self.code.is_some(), "killed by a signal: {self:?}");
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The program with nothing of the surroundings' configuration.
pub(super) fn bellwether(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for (name, ..) in DOCUMENTED {
        command.env_remove(name).env_remove(format!("{name}_FILE"));
    }
    command
}

pub(super) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    bellwether(folder, arguments).output().unwrap().into()
}

pub(super) fn recording(name: &str) -> Option<PathBuf> {
    recordings::find(&format!("crypto_ws/binance_btc_2024-08-08/{name}.gz"))
}

/// The lines of a recording, unpacked.
pub(super) fn lines(path: &Path) -> Vec<String> {
    let output = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["strategies"][..], &["config", "print"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = bellwether(folder.path(), arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(141), 0), "{output:?}");
    }
}
