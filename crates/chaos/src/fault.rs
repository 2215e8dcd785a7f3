use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ChaosError;

/// One way to misbehave, with its measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every piece of the answer comes later by `fixed` and up to `jitter` more; of an HTTP answer, the whole.
    Latency { fixed: Duration, jitter: Duration },
    /// The connection is reset (RST): at once, or, `forwarded`, when the party has begun to answer.
    Reset { forwarded: bool },
    /// What the client sends is read and dropped; nothing is ever answered. The party hears nothing.
    HalfOpen,
    /// The party does the work, its answer is dropped and `500` told instead. HTTP only.
    ServerError,
    /// Random bytes: `inside` the party's answer in place of `bytes` of its own, or instead of it, then the end.
    Garbage { bytes: usize, inside: bool },
    /// The answer comes a byte at a time.
    Drip { every: Duration },
    /// The connection is closed at once, unread.
    Refuse,
    /// Every connection is reset and new ones are refused by the system, for that long.
    Down { span: Duration },
    /// No more than that much each way.
    Bandwidth { bytes_per_second: u64 },
    /// The answer ends after that many bytes, and before its last one where its end can be known.
    Cut { after_bytes: u64 },
}

/// The names of the faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Latency,
    Reset,
    HalfOpen,
    ServerError,
    Garbage,
    Drip,
    Refuse,
    Down,
    Bandwidth,
    Cut,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Latency,
        Self::Reset,
        Self::HalfOpen,
        Self::ServerError,
        Self::Garbage,
        Self::Drip,
        Self::Refuse,
        Self::Down,
        Self::Bandwidth,
        Self::Cut,
    ];

    /// As it is written in a plan and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Reset => "reset",
            Self::HalfOpen => "half_open",
            Self::ServerError => "server_error",
            Self::Garbage => "garbage",
            Self::Drip => "drip",
            Self::Refuse => "refuse",
            Self::Down => "down",
            Self::Bandwidth => "bandwidth",
            Self::Cut => "cut",
        }
    }

    pub(crate) fn list() -> String {
        Self::ALL.map(Self::code).join(", ")
    }

    pub(crate) fn place(self) -> usize {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Kind {
    type Err = ChaosError;

    fn from_str(text: &str) -> Result<Self, ChaosError> {
        let found = Self::ALL.into_iter().find(|kind| kind.code() == text);
        found.ok_or_else(|| ChaosError::UnknownKind(text.to_owned()))
    }
}

impl Fault {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Latency { .. } => Kind::Latency,
            Self::Reset { .. } => Kind::Reset,
            Self::HalfOpen => Kind::HalfOpen,
            Self::ServerError => Kind::ServerError,
            Self::Garbage { .. } => Kind::Garbage,
            Self::Drip { .. } => Kind::Drip,
            Self::Refuse => Kind::Refuse,
            Self::Down { .. } => Kind::Down,
            Self::Bandwidth { .. } => Kind::Bandwidth,
            Self::Cut { .. } => Kind::Cut,
        }
    }

    /// Whether a proxy can do it.
    pub(crate) fn check(&self, http: bool) -> Result<(), ChaosError> {
        match self {
            Self::ServerError if !http => Err(ChaosError::NeedsHttp(Kind::ServerError)),
            Self::Bandwidth { bytes_per_second: 0 } => Err(ChaosError::Setting {
                field: "bandwidth_bytes_per_second",
                is: "0".to_owned(),
                must: "1 or more; for nothing at all there is `half_open`",
            }),
            _ => Ok(()),
        }
    }
}
