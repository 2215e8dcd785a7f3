use std::time::Duration;

use resilience::{Category, Failure, Kind, Severity};
use thiserror::Error;

use crate::answer::Answer;
use crate::phase::Phase;
use crate::retry_after::retry_after;

/// A request that did not get the answer it was made for.
///
/// Its text has no address, header or body in it, so it may be logged and shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{cause}")]
pub struct HttpError {
    cause: Cause,
    kind: Kind,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Cause {
    #[error("the request cannot be made: {0}")]
    Request(&'static str),
    #[error("all {connections} connections of this client are taken")]
    Busy { connections: usize },
    #[error("no connection: {0}")]
    Connect(ConnectFault),
    #[error("timed out after {limit:?} while {phase}")]
    TimedOut { phase: Phase, limit: Duration, is_sent: bool },
    #[error("the connection broke before the answer was complete")]
    Broken { is_sent: bool },
    #[error("what came back is not HTTP")]
    Malformed,
    #[error("the answer is not the expected JSON, from line {line} column {column} on")]
    NotJson { line: usize, column: usize },
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the answer {status} points elsewhere; redirects are not followed")]
    Redirected { status: u16 },
    /// The party answered with a status that means no. The answer is there for who can read it.
    #[error("the answer has status {}", .0.status())]
    Status(Box<Answer>),
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConnectFault {
    #[error("the host name is not known")]
    UnknownHost,
    #[error("refused")]
    Refused,
    #[error("TLS: {0}")]
    Tls(&'static str),
    #[error("the network or the host is out of reach")]
    Unreachable,
}

impl HttpError {
    /// `is_idempotent`: doing the request twice does no harm.
    pub(crate) fn new(cause: Cause, is_idempotent: bool) -> Self {
        let kind = kind(&cause, is_idempotent);
        Self { cause, kind }
    }

    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The answer, when the party gave one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.cause {
            Cause::Status(answer) => Some(answer),
            _ => None,
        }
    }

    /// How long the party asked to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.answer().and_then(retry_after)
    }

    #[must_use]
    pub fn category(&self) -> Category {
        match (&self.cause, self.kind) {
            (Cause::Busy { .. }, _) | (_, Kind::RateLimited { .. }) => Category::Capacity,
            (_, Kind::Unauthorised) => Category::Authentication,
            (Cause::Request(_), _) => Category::Validation,
            _ => Category::Network,
        }
    }

    #[must_use]
    pub fn severity(&self) -> Severity {
        match self.kind {
            Kind::Unauthorised | Kind::UnknownOutcome | Kind::Invalid => Severity::High,
            _ => Severity::Medium,
        }
    }
}

impl Failure for HttpError {
    fn kind(&self) -> Kind {
        self.kind
    }
}

fn kind(cause: &Cause, is_idempotent: bool) -> Kind {
    match cause {
        Cause::Request(_) => Kind::Invalid,
        Cause::Busy { .. } => Kind::RateLimited { after: None },
        Cause::Connect(_) | Cause::TimedOut { is_sent: false, .. } | Cause::Broken { is_sent: false } => {
            Kind::Transient
        }
        Cause::TimedOut { is_sent: true, .. } => Kind::TimedOut,
        Cause::Broken { is_sent: true } | Cause::Malformed | Cause::NotJson { .. } => Kind::UnknownOutcome,
        // asking again would bring as much again
        Cause::TooLarge { .. } if is_idempotent => Kind::Invalid,
        Cause::TooLarge { .. } => Kind::UnknownOutcome,
        Cause::Redirected { .. } => Kind::Rejected,
        Cause::Status(answer) => kind_of_status(answer, is_idempotent),
    }
}

fn kind_of_status(answer: &Answer, is_idempotent: bool) -> Kind {
    match answer.status() {
        401 | 403 => Kind::Unauthorised,
        429 => Kind::RateLimited { after: retry_after(answer) },
        // the party says that it has not begun with it
        408 | 425 => Kind::Transient,
        503 if retry_after(answer).is_some() => Kind::Transient,
        500..=599 if is_idempotent => Kind::Transient,
        500..=599 => Kind::UnknownOutcome,
        _ => Kind::Rejected,
    }
}

#[cfg(test)]
mod tests;
