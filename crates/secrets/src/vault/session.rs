//! The life of a token: got when it is first needed, renewed in time, replaced when it can live no longer.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use resilience::Kind;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};

use super::Lease;
use crate::error::Fault;
use crate::secret::Secret;

/// The time between a renewal that failed and the next, the first time.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// And at most.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// A token that is younger is refused for what it may do, not for its age.
const FRESH: Duration = Duration::from_secs(10);

/// What gives tokens.
pub(crate) trait Door: Send + Sync {
    fn login(&self) -> impl Future<Output = Result<Grant, Fault>> + Send;

    /// Gives the same token a longer life.
    fn renew(&self, token: &Secret) -> impl Future<Output = Result<Grant, Fault>> + Send;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) token: Secret,
    /// How long it is good. `None`: for ever.
    pub(crate) lease: Option<Duration>,
    pub(crate) is_renewable: bool,
}

pub(crate) struct Session<D> {
    door: D,
    state: watch::Sender<State>,
    /// One logs in, the others wait for what it gets.
    login: Mutex<()>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    failures: u32,
    /// When a renewal failed last.
    failed: Option<Instant>,
}

#[derive(Clone)]
struct Held {
    grant: Grant,
    since: Instant,
}

impl Held {
    fn left(&self) -> Option<Duration> {
        self.grant.lease.map(|lease| lease.saturating_sub(self.since.elapsed()))
    }

    fn is_good(&self) -> bool {
        self.left().is_none_or(|left| !left.is_zero())
    }
}

impl State {
    /// When the token should be renewed. `None` while there is nothing to renew.
    fn due(&self) -> Option<Instant> {
        let held = self.held.as_ref()?;
        let lease = held.grant.lease?;
        match self.failed {
            Some(failed) => failed.checked_add(pause(self.failures)),
            None => held.since.checked_add((lease / 3).saturating_mul(2)),
        }
    }
}

/// Doubles with every failure.
fn pause(failures: u32) -> Duration {
    PAUSE_MIN.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(PAUSE_MAX)
}

impl<D> Session<D> {
    pub(crate) fn new(door: D) -> Self {
        Self { door, state: watch::Sender::new(State::default()), login: Mutex::new(()) }
    }

    pub(crate) const fn door(&self) -> &D {
        &self.door
    }

    pub(crate) fn lease(&self) -> Option<Lease> {
        let state = self.state.borrow();
        let held = state.held.as_ref()?;
        let is_renewable = held.grant.is_renewable;
        Some(Lease { ends_in: held.left(), is_renewable, failures: state.failures })
    }

    /// Drops a token that was refused, so that the next call logs in again. False for a token that is too fresh to
    /// be better the next time.
    pub(crate) fn forget(&self, token: &Secret) -> bool {
        let held = self.held();
        match held {
            Some(held) if held.grant.token == *token && held.since.elapsed() < FRESH => false,
            Some(held) if held.grant.token == *token => {
                self.state.send_modify(|state| state.held = None);
                true
            }
            // another call replaced it meanwhile
            _ => true,
        }
    }

    fn held(&self) -> Option<Held> {
        self.state.borrow().held.clone()
    }

    fn good_token(&self) -> Option<Secret> {
        self.held().filter(Held::is_good).map(|held| held.grant.token)
    }

    fn hold(&self, grant: Grant) {
        let held = Held { grant, since: Instant::now() };
        self.state.send_replace(State { held: Some(held), failures: 0, failed: None });
    }

    fn count_failure(&self) {
        self.state.send_modify(|state| {
            state.failures = state.failures.saturating_add(1);
            state.failed = Some(Instant::now());
        });
    }
}

impl<D: Door> Session<D> {
    /// A token that is good as far as anybody knows.
    pub(crate) async fn token(&self) -> Result<Secret, Fault> {
        if let Some(token) = self.good_token() {
            return Ok(token);
        }
        let _turn = self.login.lock().await;
        if let Some(token) = self.good_token() {
            return Ok(token);
        }
        let grant = self.door.login().await?;
        let token = grant.token.clone();
        self.hold(grant);
        Ok(token)
    }

    /// Renews the token when two thirds of its life are over, until `stop`.
    pub(crate) async fn keep(&self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut changes = self.state.subscribe();
        loop {
            let due = changes.borrow_and_update().due();
            tokio::select! {
                biased;
                () = &mut stop => return,
                // the sender lives as long as `self`
                _ = changes.changed() => continue,
                () = wait(due) => {}
            }
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = self.extend() => {}
            }
        }
    }

    async fn extend(&self) {
        if let Err(fault) = self.renew_or_replace().await {
            self.count_failure();
            tracing::warn!(kind = fault.kind.code(), "the token for Vault was not renewed: {fault}");
        }
    }

    async fn renew_or_replace(&self) -> Result<(), Fault> {
        let Some(held) = self.held() else { return Ok(()) };
        if held.grant.is_renewable {
            match self.door.renew(&held.grant.token).await {
                Ok(grant) if is_longer(&grant, &held) => {
                    self.hold(Grant { token: held.grant.token, ..grant });
                    return Ok(());
                }
                // it has reached the longest life that it may have
                Ok(_) => {}
                Err(fault) if is_away(fault.kind) => return Err(fault),
                // it cannot be renewed any more
                Err(_) => {}
            }
        }
        let _turn = self.login.lock().await;
        self.hold(self.door.login().await?);
        Ok(())
    }
}

/// Whether the renewal gave it more time than it had.
fn is_longer(grant: &Grant, held: &Held) -> bool {
    match (grant.lease, held.left()) {
        (Some(lease), Some(left)) => lease > left,
        (None, _) => true,
        (Some(_), None) => false,
    }
}

/// Whether asking for another token would end the same way.
fn is_away(kind: Kind) -> bool {
    kind.is_outage() || matches!(kind, Kind::RateLimited { .. })
}

async fn wait(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

impl<D> fmt::Debug for Session<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("lease", &self.lease()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
