use std::time::Duration;

/// The API's limits: each with what happens at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Requests in progress; the next one gets 503.
    pub requests_max: usize,
    /// Bytes of a request body; a longer one gets 413.
    pub body_bytes_max: usize,
    /// From the request's head to the answer's; past it 408.
    pub request_timeout: Duration,
    /// Passwords checked at once; more logins wait, within the request timeout.
    pub password_checks_max: usize,
    /// Reads of history at once; more wait, within the request timeout.
    pub reads_max: usize,
    /// Whether anybody may read the metrics.
    pub serves_metrics: bool,
    /// Requests that take longer are told to the log of slow operations.
    pub slow_after: Duration,
    /// Requests of one tenant within a window; past them 429 until there is room again.
    pub tenant_rate: TenantRate,
    pub stream: StreamConfig,
}

/// How many requests a tenant may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantRate {
    pub requests: u32,
    pub window: Duration,
}

/// The limits of `/api/v1/stream`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamConfig {
    /// Open streams; the next one gets 503.
    pub clients_max: usize,
    /// Until the first frame must have come; past it the stream is closed with 4408.
    pub authenticate_within: Duration,
    /// Between pings; a client silent for three of them is closed.
    pub ping_every: Duration,
    /// Until the client must have taken a frame; past it the stream is closed.
    pub send_within: Duration,
}

impl Config {
    /// The figures that hold where nobody chose others.
    #[must_use]
    pub const fn specified() -> Self {
        Self {
            requests_max: 512,
            body_bytes_max: 64 * 1024,
            request_timeout: Duration::from_secs(30),
            password_checks_max: 2,
            reads_max: 8,
            serves_metrics: true,
            slow_after: Duration::from_secs(1),
            tenant_rate: TenantRate { requests: 1_000, window: Duration::from_secs(60) },
            stream: StreamConfig {
                clients_max: 1_024,
                authenticate_within: Duration::from_secs(5),
                ping_every: Duration::from_secs(20),
                send_within: Duration::from_secs(10),
            },
        }
    }
}
