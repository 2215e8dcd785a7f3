//! Names of the metrics, with their labels. Every mechanism counts in its own atomics; these names are written only
//! when something changes or when the counts are exported.

/// Gauge, labels `policy`: 0 closed, 1 open, 2 half-open. Set at every transition.
pub const BREAKER_STATE: &str = "circuit_breaker_state";

/// Counter, labels `policy`, `to` (`closed`, `open`, `half_open`): changes of a breaker's state.
pub const BREAKER_TRANSITIONS: &str = "circuit_breaker_transitions_total";

/// Counter, labels `policy`, `outcome` (`success`, `failure`, `slow`): calls that were let through and came to an
/// end. A slow call is a success or a failure, and counts again as `slow`.
pub const CALLS: &str = "resilience_calls_total";

/// Counter, labels `policy`: tries after the first one.
pub const RETRIES: &str = "resilience_retries_total";

/// Counter, labels `policy`, `reason` (`open`, `full`, `rate_limited`, `shed`, `budget`): calls that were not let
/// through.
pub const REFUSED: &str = "resilience_refused_total";

/// Counter, labels `policy`, `phase` (`connect`, `per_try`, `whole`): calls that ran out of time.
pub const HTTP_REQUEST_TIMEOUT: &str = "http_request_timeout_total";

/// Gauge, labels `policy`: the longest that a call took so far, with its waits and tries and however it ended. While
/// the whole timeout stays as it is, no more than that.
pub const LONGEST_CALL: &str = "resilience_longest_call_seconds";

/// Gauge, labels `component`: 0 healthy, 1 degraded, 2 unhealthy.
pub const COMPONENT_STATE: &str = "health_component_state";

/// Gauge, no labels: 0 healthy, 1 degraded, 2 unhealthy, over all components.
pub const HEALTH_STATUS: &str = "health_status";

/// Counter, labels `severity` ([`crate::Severity::code`]), `category` ([`crate::Category::code`]): errors that
/// happened.
pub const ERROR_SEVERITY: &str = "error_severity_total";

/// Counter, labels `policy`: second tries that were started beside a slow first one.
pub const HEDGES: &str = "resilience_hedges_total";

/// Counter, labels `policy`: calls that the rate limit delayed or refused.
pub const RATE_LIMITED: &str = "resilience_rate_limited_total";

/// Gauge, labels `policy`: calls inside the bulkhead now.
pub const BULKHEAD_IN_USE: &str = "resilience_bulkhead_in_use";

/// Counter, labels `registry`: idle entries that made room for new ones.
pub const REGISTRY_EVICTIONS: &str = "resilience_registry_evictions_total";

/// Counter, labels `registry`: new entries for which there was no room, as none of the others was idle.
pub const REGISTRY_REFUSED: &str = "resilience_registry_refused_total";
