use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use resilience::Clock;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::failure::Failure;
use super::lent::Lent;
use super::session::Session;
use super::tls;
use crate::pool::{Place, Pool, Side, Size};
use crate::store::PoolState;
use crate::timing::nanoseconds;
use crate::{StoreConfig, StoreError, names};

/// A connection that was idle for so long is tried before it is used.
const PING_AFTER: Duration = Duration::from_secs(1);

const CONNECTING: &str = "connecting to the database";

/// All that a store has to its server.
pub(super) struct Connections {
    address: Address,
    tls: MakeRustlsConnect,
    pub(super) config: StoreConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) pool: Pool<Session>,
}

impl Connections {
    /// With as many as are always there.
    pub(super) fn open(url: &str, config: &StoreConfig, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        config.check()?;
        let address = Address::parse(url, config)?;
        let tls = tls::connector(address.tls, address.root_certificate.as_deref())?;
        let pool = Pool::new(Size::of(config), Vec::new());
        let connections = Self { address, tls, config: config.clone(), clock, pool };
        // All at once, so that each makes one.
        let first: Result<Vec<_>, _> = (0..config.pool_min.max(1))
            .map(|_| connections.lend(Side::Read, config.acquire_timeout))
            .collect();
        drop(first?);
        connections.show();
        Ok(connections)
    }

    /// A connection that works, within that time.
    pub(super) fn lend(&self, side: Side, limit: Duration) -> Result<Lent<'_>, StoreError> {
        let end = self.clock.now().saturating_add(nanoseconds(limit));
        let left = || Duration::from_nanos(end.saturating_sub(self.clock.now()));
        let place = self.pool.lend(side, &*self.clock, limit)?;
        self.show();
        let mut lent = Lent { home: self, session: None };
        if let Place::Idle(session) = place {
            lent.session = self.fit(session, left());
        }
        if lent.session.is_none() {
            lent.session = Some(self.connect(left())?);
        }
        Ok(lent)
    }

    fn connect(&self, limit: Duration) -> Result<Session, StoreError> {
        let session = Session::connect(&self.address, &self.tls, &self.config, &self.clock, limit);
        session.map_err(|failure| match failure {
            Failure::TimedOut => {
                let seconds = limit.as_secs_f64();
                let what = format!("the database's server did not answer within {seconds} s; is it well?");
                StoreError::new(crate::StoreErrorKind::Transient, what)
            }
            failure => failure.while_doing(CONNECTING, Some(limit)),
        })
    }

    /// The same one, if it may be used.
    fn fit(&self, mut session: Session, limit: Duration) -> Option<Session> {
        let now = self.clock.now();
        let is_past = |since: u64, span: Duration| now.saturating_sub(since) >= nanoseconds(span);
        let reason = if is_past(session.opened, self.config.recycle) {
            "age"
        } else if !session.is_up() {
            "fault"
        } else if self.config.pre_ping && is_past(session.idle_since, PING_AFTER) && !session.answers(limit) {
            "ping"
        } else {
            return Some(session);
        };
        metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => reason).increment(1);
        None
    }

    /// Closes connections beyond the least that nobody used for long.
    pub(super) fn close_stale(&self, now: u64) {
        let before = now.saturating_sub(nanoseconds(self.config.idle_timeout));
        let stale = self.pool.take_stale(before);
        if !stale.is_empty() {
            let closed = u64::try_from(stale.len()).unwrap_or(u64::MAX);
            metrics::counter!(names::CONNECTIONS_CLOSED, "reason" => "idle").increment(closed);
            self.show();
        }
    }

    pub(super) fn state(&self) -> PoolState {
        let pool = &self.pool;
        PoolState { open: pool.open(), in_use: pool.lent(), max: pool.max(), is_writing: false }
    }

    /// Sets the gauges to how many there are.
    pub(super) fn show(&self) {
        let gauge = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::gauge!(names::POOL_SIZE).set(gauge(self.pool.open()));
        metrics::gauge!(names::POOL_CHECKED_OUT).set(gauge(self.pool.lent()));
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").field("pool", &self.pool).finish_non_exhaustive()
    }
}
