//! Why a call has no answer.

use std::fmt;
use std::time::Duration;

use crate::bulkhead::Refused;
use crate::failure::{Failure, Kind};
use crate::shed::Shed;

/// Why a call has no answer. `E`: the operation's own error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError<E> {
    /// The breaker is open. Nothing was sent.
    #[error("the service failed again and again, so it is left alone for now; {}", soon(*retry_after))]
    Open { retry_after: Duration },
    /// All places are taken and no more calls may wait. Nothing was sent.
    #[error("too many calls to the service are under way or waiting; try again in a moment")]
    Full,
    /// No place became free in time. Nothing was sent.
    #[error("the service is busy: there was no free place within {}", words(*waited))]
    WaitedTooLong { waited: Duration },
    /// Our own quota for the service is used up. Nothing was sent.
    #[error("the service allows no more calls at this pace; {}", soon(*after))]
    RateLimited { after: Duration },
    /// The call was shed to keep others fast. Nothing was sent.
    #[error("there is too much to do at the moment ({0}); try again in a moment")]
    Shed(Shed),
    /// No answer in time. What was asked for may have been done all the same.
    #[error("the service gave no answer within {}{}", words(*limit), if *whole { "" } else { ", and was not asked again" })]
    TimedOut {
        limit: Duration,
        /// Of the call with all its tries; else of its last try.
        whole: bool,
    },
    /// It could have been tried again, but was not: the tries, the time or the budget for retries are used up.
    #[error("{last} (after {tries} {})", if *.tries == 1 { "try" } else { "tries" })]
    Exhausted { tries: u32, last: E },
    /// The operation's own error, which must not be tried again.
    #[error("{0}")]
    Failed(E),
}

impl<E> PolicyError<E> {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Full => "full",
            Self::WaitedTooLong { .. } => "waited_too_long",
            Self::RateLimited { .. } => "rate_limited",
            Self::Shed(_) => "shed",
            Self::TimedOut { .. } => "timed_out",
            Self::Exhausted { .. } => "exhausted",
            Self::Failed(_) => "failed",
        }
    }

    /// The operation's own error, if it came to that.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Exhausted { last, .. } => Some(last),
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the policy refused the call: nothing was sent.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        !matches!(self, Self::TimedOut { .. } | Self::Exhausted { .. } | Self::Failed(_))
    }
}

impl<E: Failure> Failure for PolicyError<E> {
    /// What the policy itself refuses was never sent, and says nothing against the party.
    fn kind(&self) -> Kind {
        match self {
            Self::Open { retry_after: after } | Self::RateLimited { after } => {
                Kind::RateLimited { after: Some(*after) }
            }
            Self::Full | Self::WaitedTooLong { .. } | Self::Shed(_) => Kind::RateLimited { after: None },
            Self::TimedOut { .. } => Kind::TimedOut,
            Self::Exhausted { last: error, .. } | Self::Failed(error) => error.kind(),
        }
    }
}

impl<E> From<Refused> for PolicyError<E> {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::WaitedTooLong(waited) => Self::WaitedTooLong { waited },
        }
    }
}

fn soon(after: Duration) -> impl fmt::Display {
    fmt::from_fn(move |f| match after {
        Duration::ZERO => f.write_str("try again in a moment"),
        after => write!(f, "try again in {}", words(after)),
    })
}

/// A duration as people say it: `250 ms`, `1.5 s`, `2 min`.
pub(super) fn words(span: Duration) -> impl fmt::Display {
    fmt::from_fn(move |f| match span.as_millis() {
        0 if span.is_zero() => f.write_str("0 ms"),
        0 => f.write_str("1 ms"),
        millis @ 1..1_000 => write!(f, "{millis} ms"),
        millis if millis < 120_000 && millis % 1_000 >= 100 => {
            write!(f, "{}.{} s", millis / 1_000, millis % 1_000 / 100)
        }
        millis if millis < 120_000 => write!(f, "{} s", millis / 1_000),
        millis => write!(f, "{} min", millis / 60_000),
    })
}
