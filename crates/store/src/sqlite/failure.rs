use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use crate::{StoreError, StoreErrorKind};

/// What can go wrong within a transaction: the database's errors, and refusals of our own.
#[derive(Debug)]
pub(super) enum Failure {
    Database(Error),
    Refused(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl Failure {
    pub(super) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Database(error) => error.sqlite_error_code(),
            Self::Refused(_) => None,
        }
    }

    /// Whether the file or its disk failed: another connection may do better, this one may remember what was wrong.
    pub(super) fn is_of_the_file(&self) -> bool {
        matches!(
            self.code(),
            Some(
                ErrorCode::SystemIoFailure
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::CannotOpen
                    | ErrorCode::ReadOnly
            )
        )
    }

    /// `doing` completes "while …".
    pub(super) fn while_doing(self, doing: &str, path: &Path) -> StoreError {
        let error = match self {
            Self::Refused(error) if error.path.is_some() => return error,
            Self::Refused(error) => return error.at(path),
            Self::Database(error) => error,
        };
        let kind = kind_of(&error);
        let what = match kind {
            StoreErrorKind::Full => format!(
                "disk full while {doing}; nothing of it was stored and what was stored before is whole: free \
                 space and try again ({error})"
            ),
            StoreErrorKind::Transient if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) => {
                format!("{error} while {doing}; is the disk full, failing or gone? Mend that and try again")
            }
            StoreErrorKind::Transient if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => {
                format!("{error} while {doing}; is the disk read-only? Mend that and try again")
            }
            StoreErrorKind::Transient if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
                format!(
                    "{error} while {doing}; is the file or its disk gone, or not ours? Mend that and try again"
                )
            }
            StoreErrorKind::Transient => format!("busy while {doing}: {error}; try again"),
            StoreErrorKind::Damaged => {
                format!("the database is damaged ({error}), met while {doing}; restore it from a backup")
            }
            _ => format!("{error} while {doing}"),
        };
        StoreError::new(kind, what).at(path)
    }
}

fn kind_of(error: &Error) -> StoreErrorKind {
    let Error::SqliteFailure(failure, _) = error else {
        return match error {
            Error::QueryReturnedNoRows => StoreErrorKind::NotFound,
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..) => StoreErrorKind::Damaged,
            _ => StoreErrorKind::Invalid,
        };
    };
    match failure.code {
        ErrorCode::DiskFull => StoreErrorKind::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreErrorKind::Damaged,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::SystemIoFailure
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory => StoreErrorKind::Transient,
        ErrorCode::ConstraintViolation => match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => StoreErrorKind::Conflict,
            _ => StoreErrorKind::Invalid,
        },
        _ => StoreErrorKind::Invalid,
    }
}
