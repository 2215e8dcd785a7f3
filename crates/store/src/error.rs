use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use domain::InstrumentId;
use engine::JournalFault;
use resilience::{Category, Failure, Kind, Severity};
use thiserror::Error;

/// What a caller can do about a failure: retries and answers look at this alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreErrorKind {
    /// Busy or momentarily out of reach: the same call may succeed later.
    Transient,
    /// It took too long and was stopped; nothing of it was stored.
    TimedOut,
    /// The connection broke at the very end: it may be stored or not.
    UnknownOutcome,
    /// The call asks for what cannot be: the same call fails again.
    Invalid,
    /// There is no such thing, or not for whoever asks.
    NotFound,
    /// It exists already, or somebody else holds it.
    Conflict,
    /// No space is left. What was stored before is whole.
    Full,
    /// What is stored cannot be read as what it should be.
    Damaged,
    /// The name and the password do not belong together.
    Unauthorised,
}

impl StoreErrorKind {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::TimedOut => "timed_out",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Full => "full",
            Self::Damaged => "damaged",
            Self::Unauthorised => "unauthorised",
        }
    }
}

/// Why something could not be stored or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct StoreError {
    pub kind: StoreErrorKind,
    /// One sentence: what was attempted, what went wrong and, where there is something, what to do.
    pub what: String,
    /// The file or directory concerned.
    pub path: Option<PathBuf>,
    /// The instrument whose rows are refused, where it is those alone.
    pub instrument: Option<InstrumentId>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(formatter, "{}: {}", path.display(), self.what),
            None => formatter.write_str(&self.what),
        }
    }
}

impl StoreError {
    /// Where it belongs, for those who sort errors.
    #[must_use]
    pub const fn category(&self) -> Category {
        match self.kind {
            StoreErrorKind::Transient
            | StoreErrorKind::TimedOut
            | StoreErrorKind::UnknownOutcome
            | StoreErrorKind::Damaged => Category::Storage,
            StoreErrorKind::Full => Category::Capacity,
            StoreErrorKind::Invalid | StoreErrorKind::NotFound | StoreErrorKind::Conflict => {
                Category::Validation
            }
            StoreErrorKind::Unauthorised => Category::Authentication,
        }
    }

    /// How much it matters.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self.kind {
            StoreErrorKind::Full | StoreErrorKind::Damaged => Severity::Critical,
            StoreErrorKind::Transient | StoreErrorKind::TimedOut | StoreErrorKind::UnknownOutcome => {
                Severity::Medium
            }
            StoreErrorKind::Invalid
            | StoreErrorKind::NotFound
            | StoreErrorKind::Conflict
            | StoreErrorKind::Unauthorised => Severity::Low,
        }
    }

    pub(crate) fn new(kind: StoreErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), path: None, instrument: None }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Invalid, what)
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::NotFound, what)
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Conflict, what)
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Damaged, what)
    }

    pub(crate) fn of(mut self, instrument: InstrumentId) -> Self {
        self.instrument = Some(instrument);
        self
    }

    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// `doing` completes "while …".
    pub(crate) fn io(error: &io::Error, doing: &str, path: &Path) -> Self {
        let kind = match error.kind() {
            _ if is_full(error) => StoreErrorKind::Full,
            io::ErrorKind::NotFound => StoreErrorKind::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory => StoreErrorKind::Invalid,
            _ => StoreErrorKind::Transient,
        };
        let what = match kind {
            StoreErrorKind::Full => format!("disk full while {doing} ({error}); free space and try again"),
            _ => format!("{error} while {doing}"),
        };
        Self::new(kind, what).at(path)
    }

    /// The same failure as the engine's journal port tells it.
    pub(crate) fn into_fault(self) -> JournalFault {
        match self.kind {
            StoreErrorKind::Full => JournalFault::Full(self.to_string()),
            _ => JournalFault::Unwritable(self.to_string()),
        }
    }
}

impl Failure for StoreError {
    /// A full disk may have room later; what is damaged stays so.
    fn kind(&self) -> Kind {
        match self.kind {
            StoreErrorKind::Transient | StoreErrorKind::Full => Kind::Transient,
            StoreErrorKind::TimedOut => Kind::TimedOut,
            StoreErrorKind::UnknownOutcome => Kind::UnknownOutcome,
            StoreErrorKind::Invalid => Kind::Invalid,
            StoreErrorKind::NotFound | StoreErrorKind::Conflict | StoreErrorKind::Damaged => Kind::Rejected,
            StoreErrorKind::Unauthorised => Kind::Unauthorised,
        }
    }
}

/// Whether the medium has no room for more.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
