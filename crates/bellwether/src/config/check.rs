//! Checks that need more than a type: each fault names the setting, its origin and what is allowed.

use super::schema::Config;
use super::{Faults, origin_of};

pub(super) fn check(config: &Config, origins: &[(String, String)], faults: &mut Vec<String>) {
    let mut demand = |holds: bool, path: &str, allowed: &str| {
        if !holds {
            faults.push(format!("{}: `{path}` must be {allowed}", origin_of(origins, path)));
        }
    };
    demand(
        config.listen.parse::<std::net::SocketAddr>().is_ok(),
        "listen",
        "an address and port such as 127.0.0.1:8083",
    );
    demand(config.sqlite_path().is_some(), "database_url", "empty or sqlite:<path>");
    demand(!config.admin_username.trim().is_empty(), "admin_username", "a name");
    demand(
        config.admin_password.is_empty() || (12..72).contains(&config.admin_password.len()),
        "admin_password",
        "empty, or 12 to 71 bytes long",
    );
    demand(config.synthetic.warm_up_minutes <= 24 * 60, "synthetic.warm_up_minutes", "at most 1440");
    demand(
        (1..=2_000).contains(&config.synthetic.messages_per_second),
        "synthetic.messages_per_second",
        "from 1 to 2000",
    );
    demand((1..=100_000).contains(&config.pipeline.batch_size), "pipeline.batch_size", "from 1 to 100000");
    demand((1..=60_000).contains(&config.pipeline.flush_ms), "pipeline.flush_ms", "from 1 to 60000");
    demand(config.pipeline.max_bytes >= 1_024, "pipeline.max_bytes", "at least 1024");
    demand(
        (1..=1_024).contains(&config.pipeline.sink_queue_max),
        "pipeline.sink_queue_max",
        "from 1 to 1024",
    );
    demand(
        matches!(config.pipeline.drop_policy.as_str(), "oldest" | "newest" | "block"),
        "pipeline.drop_policy",
        "oldest, newest or block",
    );
    demand(
        config.pipeline.keep_ticks_hours <= 10 * 365 * 24,
        "pipeline.keep_ticks_hours",
        "from 0 (for ever) to 87600",
    );
    demand(config.pipeline.stale_after_ms > 0, "pipeline.stale_after_ms", "positive");
    demand(config.pipeline.spread_max_quote_age_ms > 0, "pipeline.spread_max_quote_age_ms", "positive");
    demand(!config.accounts.cash.is_negative(), "accounts.cash", "zero or more");
    demand((0..=60_000).contains(&config.accounts.latency_ms), "accounts.latency_ms", "from 0 to 60000");
    demand(
        (0..=60_000).contains(&config.accounts.latency_jitter_ms),
        "accounts.latency_jitter_ms",
        "from 0 to 60000",
    );
    if let Err(broken) = config.limits.validate() {
        faults.extend(broken.into_iter().map(|fault| format!("limits: {fault}")));
    }
}

impl From<Faults> for Vec<String> {
    fn from(faults: Faults) -> Self {
        faults.0
    }
}
