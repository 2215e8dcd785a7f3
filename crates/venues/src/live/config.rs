use std::time::Duration;

use domain::Span;
use resilience::retry::RetryConfig;
use thiserror::Error;

/// When a link gives up waiting, and how it starts again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkConfig {
    /// For name, connection, TLS and WebSocket together.
    pub connect_within: Duration,
    /// Before another try to connect. A wait is between half of its bound and the bound.
    pub backoff: RetryConfig,
    /// A connection that lived so long starts the back-off anew.
    pub steady_after: Span,
    /// A connection on which nothing at all came for so long is given up: it may stand while its data is dead.
    pub quiet_max: Span,
    /// An instrument that is silent for so long, while others speak, is subscribed to anew; then after twice as long,
    /// and so on, for a market may be quiet by itself.
    pub instrument_quiet_max: Span,
    /// A snapshot that has not come after so long is asked for again.
    pub sync_within: Span,
    /// How long two connections run beside one another when one takes over.
    pub overlap: Span,
    /// Batches of messages that may wait for whoever takes them; at the limit the newest is let go and counted, and
    /// its instruments are told to be interrupted.
    pub queue_max: usize,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            backoff: RetryConfig {
                initial: Duration::from_secs(1),
                cap: Duration::from_secs(30),
                ..RetryConfig::default()
            },
            steady_after: Span::MINUTE,
            quiet_max: Span::from_seconds(15),
            instrument_quiet_max: Span::MINUTE,
            sync_within: Span::from_seconds(20),
            overlap: Span::from_seconds(5),
            queue_max: 1_024,
        }
    }
}

impl LinkConfig {
    /// The wait before the given further try; the first is 1. `chance`: from 0 to below 1.
    pub(super) fn wait(&self, failures: u32, chance: f64, asked: Option<Duration>) -> Duration {
        let half = self.backoff.bound(failures) / 2;
        let wait = half + half.mul_f64(chance.clamp(0.0, 1.0));
        // Those who were all asked the same are spread by a tenth.
        asked.map_or(wait, |asked| wait.max(asked + asked.mul_f64(0.1 * chance.clamp(0.0, 1.0))))
    }
}

/// Why a connection could not be made, or ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LinkFault {
    #[error("no connection within {0:?}")]
    TimedOut(Duration),
    #[error("the venue answered {status} to the connection{}", asked(*retry_after))]
    Refused { status: u16, retry_after: Option<Duration> },
    #[error("the connection cannot be made: {0}")]
    Unreachable(String),
    #[error("the venue closed the connection{0}")]
    Closed(String),
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("nothing came for {} ms, though the connection stands", .0.millis())]
    Quiet(Span),
    #[error("the venue takes nothing more")]
    Stuck,
}

fn asked(retry_after: Option<Duration>) -> String {
    retry_after
        .map_or_else(String::new, |after| format!(" and wants to be left alone for {} s", after.as_secs()))
}

impl LinkFault {
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
