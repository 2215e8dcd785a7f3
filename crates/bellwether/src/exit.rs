//! Exit codes: what a script may rely on.

use std::process::ExitCode;

/// Everything was done.
pub(crate) const DONE: u8 = 0;
/// Something failed; the message says what.
pub(crate) const FAILED: u8 = 1;
/// The command line or the configuration is wrong; nothing was started.
pub(crate) const USAGE: u8 = 2;
/// It went through, but some input was refused or a check did not hold.
pub(crate) const INPUT: u8 = 3;
/// Stopped by a signal after draining.
pub(crate) const INTERRUPTED: u8 = 130;
/// Whoever read the output left before its end; what a shell reports of a program that a broken pipe ended.
pub(crate) const NOBODY_READS: u8 = 141;

/// An error that names its own exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    pub(crate) code: u8,
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { code: INPUT, message: message.into() }
    }
}

/// The code an error ends the program with.
pub(crate) fn code_of(error: &anyhow::Error) -> ExitCode {
    let code = match error.downcast_ref::<Refused>() {
        Some(refused) => refused.code,
        None if error.downcast_ref::<crate::config::Faults>().is_some() => USAGE,
        None => FAILED,
    };
    ExitCode::from(code)
}
