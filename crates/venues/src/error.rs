//! The one failure type of everything that reads a file here.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::wire::DecodeErrorKind;

/// What is wrong with a file or with one of its lines, in words that say what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct SourceError {
    pub file: PathBuf,
    /// The line concerned, counted from one; `None` when the file as a whole is.
    pub line: Option<u64>,
    pub kind: SourceErrorKind,
    pub what: String,
}

/// The cause, for callers that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceErrorKind {
    /// No such file.
    NotFound,
    /// The operating system does not let us read it.
    Denied,
    /// A folder, a pipe or a device.
    NotAFile,
    /// Nothing in it.
    Empty,
    /// Reading failed for another reason.
    Unreadable,
    /// Compressed data that ends early or does not add up. Nothing more can be read.
    Damaged,
    /// A format, or a variant of one, that is not read here.
    Unsupported,
    /// A line or an archive member above its size limit.
    TooLong,
    /// A line that is not built as the format says.
    Malformed,
    /// A field whose value is refused.
    BadValue,
    /// The line is older than the one before.
    TimeWentBack,
    /// The wire message in the line was refused.
    Decode(DecodeErrorKind),
}

impl SourceErrorKind {
    /// Whether only this line is lost: the source goes on with the next one. After any other error it has
    /// nothing more to give.
    #[must_use]
    pub const fn is_of_one_line(self) -> bool {
        matches!(
            self,
            Self::TooLong | Self::Malformed | Self::BadValue | Self::TimeWentBack | Self::Decode(_)
        )
    }
}

impl SourceError {
    pub(crate) fn of_file(file: &Path, kind: SourceErrorKind, what: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: None, kind, what: what.into() }
    }

    pub(crate) fn of_line(file: &Path, line: u64, kind: SourceErrorKind, what: impl Into<String>) -> Self {
        Self { file: file.to_path_buf(), line: Some(line), kind, what: what.into() }
    }

    /// What the operating system's refusal means and what to do about it.
    pub(crate) fn of_opening(file: &Path, error: &std::io::Error) -> Self {
        let (kind, what) = match error.kind() {
            std::io::ErrorKind::NotFound => (
                SourceErrorKind::NotFound,
                "there is no such file; check the path and the folder it is relative to".to_owned(),
            ),
            std::io::ErrorKind::PermissionDenied => (
                SourceErrorKind::Denied,
                "no permission to read it; give this user read access to the file and its folders".to_owned(),
            ),
            _ => (SourceErrorKind::Unreadable, format!("it cannot be opened: {error}")),
        };
        Self::of_file(file, kind, what)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}", self.what)
    }
}
