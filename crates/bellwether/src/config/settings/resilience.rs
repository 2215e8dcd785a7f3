//! How calls to other parties are guarded, and how the health of the program is looked at.

use super::{HOUR_MS, Kind, MINUTE_MS, Setting, in_seconds, millis, same, switch, whole};

const REGISTERED: &str = "components are registered with it";
const CONNECTED: &str = "the connections are made with it";

pub(super) const SETTINGS: &[Setting] = &[
    switch("resilience.circuit_breaker_enabled", "whether calls stop while the other party keeps failing")
        .live(),
    whole(
        "resilience.circuit_breaker_failure_threshold",
        1,
        10_000,
        "failures in a row that open the breaker",
    )
    .live(),
    millis(
        "resilience.circuit_breaker_timeout_ms",
        1,
        HOUR_MS,
        "how long an open breaker waits before it tries again",
    )
    .also(&[in_seconds("resilience.circuit_breaker_timeout")])
    .live(),
    millis(
        "resilience.circuit_breaker_internal_timeout_ms",
        1,
        HOUR_MS,
        "the same for services of one's own",
    )
    .live(),
    whole(
        "resilience.circuit_breaker_successes",
        1,
        1_000,
        "successes in a row that close the breaker again",
    )
    .live(),
    switch("resilience.retry_enabled", "whether calls that may be repeated are").live(),
    whole("resilience.retry_max_attempts", 1, 20, "tries of one call, the first included").live(),
    millis(
        "resilience.retry_initial_delay_ms",
        1,
        HOUR_MS,
        "longest wait before the second try; doubles with each",
    )
    .also(&[in_seconds("resilience.retry_initial_delay")])
    .live(),
    millis("resilience.retry_max_delay_ms", 1, HOUR_MS, "longest wait before any try").live(),
    Setting::new(
        "policies.<name>",
        Kind::Foreign,
        "a policy of calls by name; what it does not say is taken from `resilience`",
    )
    .live(),
    switch("health.enabled", "whether components are checked")
        .also(&[same("resilience.health_check_enabled")])
        .restart(REGISTERED),
    millis("health.interval_ms", 100, HOUR_MS, "between two checks of a component that is well")
        .also(&[in_seconds("resilience.health_check_interval")])
        .restart(REGISTERED),
    millis("health.interval_when_unwell_ms", 100, HOUR_MS, "between two checks of a component that is not")
        .restart(REGISTERED),
    millis("health.timeout_ms", 10, 5 * MINUTE_MS, "how long one check may take").restart(REGISTERED),
    millis(
        "http.connect_timeout_ms",
        1,
        HOUR_MS,
        "how long a connection to another party may take to be made",
    )
    .restart(CONNECTED),
    millis("http.read_timeout_ms", 1, HOUR_MS, "how long the other party may be silent").restart(CONNECTED),
    millis("http.write_timeout_ms", 1, HOUR_MS, "how long the other party may take nothing")
        .restart(CONNECTED),
    whole("http.max_connections", 1, 100_000, "connections to other parties at once").restart(CONNECTED),
    whole("http.keep_alive_connections", 0, 100_000, "idle connections that are kept open")
        .restart(CONNECTED),
    whole("rate_limit.tenant_max", 1, 100_000_000, "requests of one tenant within the window")
        .named(&["RATE_LIMIT_TENANT_MAX"])
        .live(),
    millis("rate_limit.tenant_window_ms", 1, 24 * HOUR_MS, "that window")
        .named(&["RATE_LIMIT_TENANT_WINDOW_MS"])
        .live(),
];
