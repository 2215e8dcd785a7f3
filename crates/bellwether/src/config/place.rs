//! Where a value was given.

use std::fmt::{Display, Formatter};
use std::sync::Arc;

/// The place that a fault names and that `config print --origin` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Defaults,
    /// Line and column count from one.
    File {
        file: Arc<str>,
        line: u64,
        column: u64,
    },
    Variable(String),
    /// `NAME_FILE`: the variable names the file that holds the value.
    VariableFile {
        name: String,
        file: String,
    },
    /// The flag as a person would type it, such as `--set pipeline.batch_size`.
    Flag(String),
}

impl Display for Place {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Defaults => formatter.write_str("the defaults"),
            Self::File { file, line, column } => write!(formatter, "{file}:{line}:{column}"),
            Self::Variable(name) => write!(formatter, "environment variable {name}"),
            Self::VariableFile { name, file } => write!(formatter, "environment variable {name} ({file})"),
            Self::Flag(flag) => write!(formatter, "flag {flag}"),
        }
    }
}
