use serde::{Deserialize, Serialize};

/// What holds for every call to another party unless its own policy says otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resilience {
    pub(crate) circuit_breaker_enabled: bool,
    pub(crate) circuit_breaker_failure_threshold: u32,
    pub(crate) circuit_breaker_timeout_ms: u64,
    pub(crate) circuit_breaker_internal_timeout_ms: u64,
    pub(crate) circuit_breaker_successes: u32,
    pub(crate) retry_enabled: bool,
    pub(crate) retry_max_attempts: u32,
    pub(crate) retry_initial_delay_ms: u64,
    pub(crate) retry_max_delay_ms: u64,
}

impl Default for Resilience {
    fn default() -> Self {
        Self {
            circuit_breaker_enabled: true,
            circuit_breaker_failure_threshold: 5,
            circuit_breaker_timeout_ms: 60_000,
            circuit_breaker_internal_timeout_ms: 30_000,
            circuit_breaker_successes: 3,
            retry_enabled: true,
            retry_max_attempts: 3,
            retry_initial_delay_ms: 2_000,
            retry_max_delay_ms: 10_000,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Health {
    pub(crate) enabled: bool,
    pub(crate) interval_ms: u64,
    pub(crate) interval_when_unwell_ms: u64,
    pub(crate) timeout_ms: u64,
}

impl Default for Health {
    fn default() -> Self {
        Self { enabled: true, interval_ms: 30_000, interval_when_unwell_ms: 5_000, timeout_ms: 5_000 }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) connect_timeout_ms: u64,
    pub(crate) read_timeout_ms: u64,
    pub(crate) write_timeout_ms: u64,
    pub(crate) max_connections: usize,
    pub(crate) keep_alive_connections: usize,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 5_000,
            read_timeout_ms: 30_000,
            write_timeout_ms: 10_000,
            max_connections: 100,
            keep_alive_connections: 20,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) tenant_max: u32,
    pub(crate) tenant_window_ms: u64,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { tenant_max: 1_000, tenant_window_ms: 60_000 }
    }
}
