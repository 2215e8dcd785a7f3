use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{ChaosError, Plan, Proxy, Snapshot};

/// All that a run from the command line needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// On loopback.
    pub listen: SocketAddr,
    pub upstream: SocketAddr,
    #[serde(default)]
    pub plan: Plan,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub address: SocketAddr,
    pub upstream: SocketAddr,
    pub seed: u64,
    /// Its time was over; otherwise it was told to stop.
    pub ran_out: bool,
    pub counts: Snapshot,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, upstream, seed, .. } = self;
        let why = if self.ran_out { "its time was over" } else { "it was stopped" };
        write!(formatter, "{address} -> {upstream}, seed {seed}: {why}\n{}", self.counts)
    }
}

/// Runs a proxy until `stop` is ready or the plan's time is over. `started` hears where it listens.
///
/// # Errors
/// See [`Proxy::start`].
pub async fn run(
    config: RunConfig,
    started: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<Report, ChaosError> {
    let RunConfig { listen, upstream, plan } = config;
    let seed = plan.seed;
    let mut proxy = Proxy::start(listen, upstream, plan)?;
    let address = proxy.address();
    started(address);
    let ran_out = tokio::select! {
        () = proxy.finished() => true,
        () = stop => false,
    };
    Ok(Report { address, upstream, seed, ran_out, counts: proxy.stop().await })
}
