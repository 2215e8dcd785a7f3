use std::fmt;

/// What a request was doing when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Resolving the name, connecting, shaking hands.
    Connect,
    /// Handing the request's body to the connection.
    Write,
    /// Waiting for the answer's head, or for its next piece.
    Read,
    /// Everything together.
    Exchange,
}

impl Phase {
    /// In the order in which they come.
    pub const ALL: [Self; 4] = [Self::Connect, Self::Write, Self::Read, Self::Exchange];

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Write => "write",
            Self::Read => "read",
            Self::Exchange => "exchange",
        }
    }
}

impl fmt::Display for Phase {
    /// Completes "timed out while …".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "connecting",
            Self::Write => "sending the request",
            Self::Read => "waiting for the answer",
            Self::Exchange => "the exchange was under way",
        })
    }
}
