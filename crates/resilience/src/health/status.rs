use serde::{Deserialize, Serialize};

/// How a component or the whole is doing; the later, the worse. Serialised in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Healthy = 0,
    /// Does its work, but not all of it or not well.
    Degraded = 1,
    Unhealthy = 2,
}

impl Status {
    /// From the best to the worst.
    pub const ALL: [Self; 3] = [Self::Healthy, Self::Degraded, Self::Unhealthy];

    /// 0, 1 or 2: the value of the gauges.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Degraded => 1,
            Self::Unhealthy => 2,
        }
    }

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }
}
