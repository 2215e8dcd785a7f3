use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::timing::took_too_long;
use crate::{StoreError, StoreErrorKind};
use std::time::Duration;

/// What can go wrong with a piece of work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said no.
    Server(Box<DbError>),
    /// There is no connection, or no more; why, in words of ours.
    Lost(String),
    /// The server said nothing for too long.
    TimedOut,
    /// The answer to a commit did not come.
    Unsure,
    /// A row that cannot be read as what it should be.
    Unreadable(String),
    Refused(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.is_closed() {
            return Self::lost(None);
        }
        let words = error.to_string();
        match error.into_source().map(Cause::of) {
            Some(Cause::Server(error)) => Self::Server(error),
            Some(Cause::System(error)) => Self::unreachable(&error),
            Some(Cause::Other) | None => Self::Unreadable(words),
        }
    }
}

enum Cause {
    Server(Box<DbError>),
    System(Box<io::Error>),
    Other,
}

impl Cause {
    fn of(cause: Box<dyn std::error::Error + Send + Sync>) -> Self {
        match cause.downcast::<DbError>() {
            Ok(error) => Self::Server(error),
            Err(cause) => cause.downcast::<io::Error>().map_or(Self::Other, Self::System),
        }
    }
}

impl Failure {
    /// Words of the system about a socket name no address.
    pub(super) fn unreachable(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Lost(error.to_string()),
        }
    }

    pub(super) fn lost(error: Option<Error>) -> Self {
        match error.filter(|error| !error.is_closed()).map(Self::from) {
            Some(failure @ (Self::Server(_) | Self::Lost(_))) => failure,
            _ => Self::Lost("the connection to the server broke".to_owned()),
        }
    }

    /// What the other side says before we are in may name who we are.
    pub(super) fn at_login(error: Error) -> Self {
        let words = error.to_string();
        match Self::from(error) {
            Self::Unreadable(_) => Self::Lost(format!("{words}, or the server's certificate is not trusted")),
            failure => failure,
        }
    }

    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Server(error) => Some(error.code()),
            _ => None,
        }
    }

    pub(super) fn is_state(&self, state: &SqlState) -> bool {
        self.state() == Some(state)
    }

    /// Whether the connection is not to be used again: it is gone, or what it remembers does not hold any more.
    pub(super) fn is_of_the_connection(&self) -> bool {
        match self {
            Self::Lost(_) | Self::TimedOut | Self::Unsure => true,
            Self::Server(error) => {
                matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
                    || is_of_a_statement_remembered(error.code())
            }
            Self::Unreadable(_) | Self::Refused(_) => false,
        }
    }

    /// `doing` completes "while …"; `limit` is what the work was allowed.
    pub(super) fn while_doing(self, doing: &'static str, limit: Option<Duration>) -> StoreError {
        match self {
            Self::Refused(error) => error,
            Self::TimedOut => took_too_long(doing, limit),
            Self::Server(error) if *error.code() == SqlState::QUERY_CANCELED => took_too_long(doing, limit),
            Self::Server(error) => told(&error, doing),
            Self::Lost(why) => StoreError::new(
                StoreErrorKind::Transient,
                format!(
                    "{why} while {doing}; nothing of it was stored, and it is tried anew with the next call"
                ),
            ),
            Self::Unsure => StoreError::new(
                StoreErrorKind::UnknownOutcome,
                format!("the connection broke at the end of {doing}: whether it is stored is not known"),
            ),
            Self::Unreadable(what) => {
                StoreError::damaged(format!("{what}, met while {doing}; restore the database from a backup"))
            }
        }
    }
}

fn is_of_a_statement_remembered(state: &SqlState) -> bool {
    [&SqlState::FEATURE_NOT_SUPPORTED, &SqlState::INVALID_SQL_STATEMENT_NAME].contains(&state)
}

/// What the server said, by its code. Its own words are passed on only where they cannot hold a value, a name or an
/// address.
fn told(error: &DbError, doing: &str) -> StoreError {
    let state = error.code();
    let code = state.code();
    let kind = kind_of(state);
    let words = match code.get(..2) {
        Some("53" | "54" | "55" | "57" | "58" | "40" | "42" | "XX" | "25" | "0A") => error.message(),
        Some("28" | "3D") => "the server does not let us in: are user, password and database right?",
        Some("23") => "a rule of the tables does not allow it",
        Some("22") => "a value cannot be stored",
        _ => "the server refused",
    };
    let what = match kind {
        StoreErrorKind::Full => format!(
            "disk full while {doing}; nothing of it was stored and what was stored before is whole: free space \
             on the server and try again ({code})"
        ),
        StoreErrorKind::Transient if *state == SqlState::UNDEFINED_TABLE => {
            format!("the tables are not there ({code}), met while {doing}; restore them from a backup")
        }
        StoreErrorKind::Transient => format!("{words} ({code}) while {doing}; try again"),
        StoreErrorKind::Damaged => {
            format!("the database is damaged: {words} ({code}), met while {doing}; restore it from a backup")
        }
        _ => format!("{words} ({code}) while {doing}"),
    };
    StoreError::new(kind, what)
}

fn kind_of(state: &SqlState) -> StoreErrorKind {
    use StoreErrorKind as Is;
    match state.code() {
        "23505" | "23P01" => Is::Conflict,
        "53100" => Is::Full,
        "25P03" | "25P04" => Is::TimedOut,
        "XX001" | "XX002" => Is::Damaged,
        // Somebody mends it while we go on: rights, a database or tables that are not there for a while.
        "42501" | "42P01" => Is::Transient,
        code => match code.get(..2) {
            Some("08" | "25" | "26" | "28" | "3D" | "40" | "53" | "55" | "57" | "58" | "0A") => Is::Transient,
            _ => Is::Invalid,
        },
    }
}

#[cfg(test)]
mod tests;
