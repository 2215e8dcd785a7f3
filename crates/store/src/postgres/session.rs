use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use resilience::Clock;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, Place};
use super::failure::Failure;
use super::link::Link;
use super::until::Until;
use crate::pool::Pooled;
use crate::timing::nanoseconds;
use crate::{StoreConfig, StoreError};

pub(super) type Parameters<'a> = [&'a (dyn ToSql + Sync)];

/// The server stops what takes too long, and says so; only when it says nothing, we do, so much later.
const GRACE: Duration = Duration::from_millis(250);

/// How long an end of a transaction is waited for that failed anyway.
const ROLLBACK_WITHIN: Duration = Duration::from_secs(1);

const STATEMENTS_KEPT: usize = 128;

const OLDEST_SERVER: u32 = 14;

/// A connection, its prepared statements, and the moment when what it does must be over.
pub(super) struct Session {
    link: Link,
    clock: Arc<dyn Clock>,
    statements: HashMap<String, Statement>,
    pub(super) opened: u64,
    pub(super) idle_since: u64,
    end: Option<u64>,
    /// What each statement may take unless another limit is set.
    usual_limit: Duration,
    pub(super) is_in_transaction: bool,
}

impl Pooled for Session {
    fn idle_since(&self) -> u64 {
        self.idle_since
    }
}

impl Session {
    /// To the first of the places that takes us, within so long in all.
    pub(super) fn connect(
        address: &Address,
        tls: &MakeRustlsConnect,
        config: &StoreConfig,
        clock: &Arc<dyn Clock>,
        limit: Duration,
    ) -> Result<Self, Failure> {
        let limit = address.connect_timeout.map_or(limit, |own| limit.min(own));
        let end = Some(clock.now().saturating_add(nanoseconds(limit)));
        let mut failed = Failure::TimedOut;
        for place in &address.places {
            match Self::connect_to(place, address, tls, config, clock, end) {
                Ok(session) => return Ok(session),
                Err(failure) => failed = failure,
            }
        }
        Err(failed)
    }

    fn connect_to(
        place: &Place,
        address: &Address,
        tls: &MakeRustlsConnect,
        config: &StoreConfig,
        clock: &Arc<dyn Clock>,
        end: Option<u64>,
    ) -> Result<Self, Failure> {
        let link = Link::connect(place, &address.login, tls, &Until { clock: &**clock, end })?;
        check_version(&link.server_version)?;
        let now = clock.now();
        let mut session = Self {
            link,
            clock: Arc::clone(clock),
            statements: HashMap::new(),
            opened: now,
            idle_since: now,
            end,
            usual_limit: config.statement_timeout,
            is_in_transaction: false,
        };
        session.prepare()?;
        if address.must_write && session.is_read_only()? {
            return Err(Failure::Lost("the server only reads".to_owned()));
        }
        Ok(session)
    }

    /// A transaction that we leave open, because we were stopped, must not hold others for ever.
    fn prepare(&mut self) -> Result<(), Failure> {
        let limit = self.usual_limit.as_millis();
        let idle = (2 * self.usual_limit).as_millis();
        self.batch(&format!(
            "SET statement_timeout = {limit}; SET idle_in_transaction_session_timeout = {idle};
             SET client_min_messages = warning"
        ))
    }

    fn is_read_only(&mut self) -> Result<bool, Failure> {
        let rows =
            self.query("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool", &[])?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    /// From now on all of it must be over within that; `None` lifts the limit.
    pub(super) fn limit(&mut self, now: u64, limit: Option<Duration>) {
        self.end = limit.map(|limit| now.saturating_add(nanoseconds(limit.saturating_add(GRACE))));
    }

    /// Whether it is there, as far as can be seen without asking.
    pub(super) fn is_up(&mut self) -> bool {
        self.link.is_up()
    }

    /// Whether the server answers.
    pub(super) fn answers(&mut self, limit: Duration) -> bool {
        self.end = Some(self.clock.now().saturating_add(nanoseconds(limit)));
        self.batch("").is_ok()
    }

    pub(super) fn query(&mut self, sql: &str, parameters: &Parameters<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.statement(sql)?;
        self.drive(async |client| client.query(&statement, parameters).await)
    }

    /// The first row, if there is one.
    pub(super) fn query_one(
        &mut self,
        sql: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Option<Row>, Failure> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// How many rows were changed.
    pub(super) fn execute(&mut self, sql: &str, parameters: &Parameters<'_>) -> Result<u64, Failure> {
        let statement = self.statement(sql)?;
        self.drive(async |client| client.execute(&statement, parameters).await)
    }

    /// Statements without parameters, not prepared, answers let go.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.drive(async |client| client.batch_execute(sql).await)
    }

    /// Sends rows in PostgreSQL's binary form, piece by piece; how many there were.
    pub(super) fn copy_in(&mut self, sql: &str, pieces: impl Iterator<Item = Bytes>) -> Result<u64, Failure> {
        let statement = self.statement(sql)?;
        self.drive(async |client| {
            let mut sink = pin!(client.copy_in(&statement).await?);
            for piece in pieces {
                sink.feed(piece).await?;
            }
            sink.finish().await
        })
    }

    /// Has rows sent, and hands them on as they come, until somebody refuses them.
    pub(super) fn copy_out(
        &mut self,
        sql: &str,
        mut take: impl FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), Failure> {
        let statement = self.statement(sql)?;
        let mut taken = Ok(());
        self.drive(async |client| {
            let mut pieces = pin!(client.copy_out(&statement).await?);
            while let Some(piece) = pieces.next().await {
                taken = take(&piece?);
                if taken.is_err() {
                    break;
                }
            }
            Ok(())
        })?;
        Ok(taken?)
    }

    pub(super) fn begin(&mut self, limit: Option<Duration>) -> Result<(), Failure> {
        self.is_in_transaction = true;
        if limit == Some(self.usual_limit) {
            return self.batch("BEGIN");
        }
        // Zero is no limit at all.
        let limit = limit.map_or(0, |limit| limit.as_millis().max(1));
        self.batch(&format!("BEGIN; SET LOCAL statement_timeout = {limit}"))
    }

    /// An answer that does not come leaves it open whether it is done.
    pub(super) fn commit(&mut self) -> Result<(), Failure> {
        let committed = self.batch("COMMIT");
        self.is_in_transaction = false;
        committed.map_err(|failure| match failure {
            Failure::Lost(_) | Failure::TimedOut => Failure::Unsure,
            // Its end was announced before the answer.
            failure if failure.is_of_the_connection() => Failure::Unsure,
            failure => failure,
        })
    }

    /// Whether the connection can be used again.
    pub(super) fn roll_back(&mut self) -> bool {
        self.end = Some(self.clock.now().saturating_add(nanoseconds(ROLLBACK_WITHIN)));
        let is_back = self.batch("ROLLBACK").is_ok();
        self.is_in_transaction = !is_back;
        is_back
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.drive(async |client| client.prepare(sql).await)?;
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn drive<T>(&mut self, work: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, Failure> {
        let until = Until { clock: &*self.clock, end: self.end };
        self.link.drive(&until, work)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").field("opened", &self.opened).finish_non_exhaustive()
    }
}

/// `15.8 (Debian 15.8-1)`.
fn check_version(version: &str) -> Result<(), StoreError> {
    let major: Option<u32> =
        version.split(|sign: char| !sign.is_ascii_digit()).next().and_then(|text| text.parse().ok());
    match major {
        Some(major) if major < OLDEST_SERVER => Err(StoreError::invalid(format!(
            "the server is PostgreSQL {major}; it takes {OLDEST_SERVER} or newer"
        ))),
        _ => Ok(()),
    }
}
