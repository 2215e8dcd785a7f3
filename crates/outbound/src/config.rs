use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// Deadlines and limits of one client.
///
/// What each deadline bounds:
/// - `connect`: finding the address, connecting and the TLS handshake together; also the wait for a free place
///   among `connections`.
/// - `write`: each step of handing the request's body to the connection. What was handed over counts as sent, even
///   if the operating system still holds it; from then on `read` counts. A request without a body has no such phase.
/// - `read`: the wait for the answer's head, and then for each further piece of its body.
/// - `exchange`: all of it, from the first step towards a connection to the last byte of the answer, so that an
///   answer that drips ends as well.
///
/// They bound one try. A policy has deadlines of its own around tries and calls: where they are shorter, they end a
/// try first and know less about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    pub connect: Duration,
    pub read: Duration,
    pub write: Duration,
    pub exchange: Duration,
    /// Requests under way at once; as many again may wait for a place, the next is refused.
    pub connections: usize,
    /// Idle connections kept for later, per host.
    pub keep_alive: usize,
    /// The largest answer that is taken, in bytes.
    pub answer_bytes: usize,
    /// A PEM file with certificates to trust beside the system's.
    pub root_certificates: Option<PathBuf>,
}

impl Default for HttpConfig {
    /// 5 s to connect, 30 s to read, 10 s to write, 45 s in all; 100 connections, 20 kept; answers up to 1 MiB.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(30),
            write: Duration::from_secs(10),
            exchange: Duration::from_secs(45),
            connections: 100,
            keep_alive: 20,
            answer_bytes: 1 << 20,
            root_certificates: None,
        }
    }
}

/// Why there is no client.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// A limit or a deadline of nothing would refuse every request.
    #[error("`{setting}` must be more than 0")]
    Zero { setting: &'static str },
    #[error("`{setting}` must be at most {limit}")]
    TooMany { setting: &'static str, limit: usize },
    #[error("`root_certificates` {}: {why}", path.display())]
    Roots { path: PathBuf, why: String },
    #[error("TLS cannot be set up on this machine")]
    Tls,
}

/// More connections than any system gives to a process.
const CONNECTIONS_MAX: usize = 1 << 20;

impl HttpConfig {
    /// The first setting that cannot be.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let deadlines = [
            ("connect", self.connect),
            ("read", self.read),
            ("write", self.write),
            ("exchange", self.exchange),
        ];
        let limits = [("connections", self.connections), ("answer_bytes", self.answer_bytes)];
        let zero = deadlines
            .iter()
            .map(|(setting, deadline)| (*setting, deadline.is_zero()))
            .chain(limits.iter().map(|(setting, limit)| (*setting, *limit == 0)))
            .find(|(_, is_zero)| *is_zero);
        if let Some((setting, _)) = zero {
            return Err(BuildError::Zero { setting });
        }
        if self.connections > CONNECTIONS_MAX {
            return Err(BuildError::TooMany { setting: "connections", limit: CONNECTIONS_MAX });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
