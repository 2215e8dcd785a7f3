//! The thread that writes what cells did into the tables. The journals are the truth: if the tables cannot be
//! written, trading goes on and they are caught up later.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use domain::{Money, Span, Timestamp};
use engine::Clock;
use store::{Changes, EquityRow, StoreError, StoreErrorKind, TenantStore};

use super::overview::Watch;
use crate::clock::SystemClock;

/// Batches that may wait; a cell then waits for the store.
pub(crate) const BATCHES_MAX: usize = 4_096;

/// Between two points of an account's equity curve.
const EQUITY_EVERY: Span = Span::from_seconds(5);

/// What one event of one account changed.
pub(crate) struct Batch {
    pub(crate) target: Arc<Target>,
    pub(crate) changes: Option<Changes>,
    pub(crate) equity: Option<(Timestamp, Money)>,
}

/// Where an account's rows go, and the journal they come from.
pub(crate) struct Target {
    pub(crate) rows: TenantStore,
    pub(crate) account: domain::AccountId,
    pub(crate) directory: PathBuf,
}

/// Ends when every cell has let go of its sender, after the last batch.
pub(crate) fn run(batches: &Receiver<Batch>, watch: &Watch) {
    loop {
        match batches.recv_timeout(Duration::from_secs(1)) {
            Ok(batch) => write(&batch, watch),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn write(batch: &Batch, watch: &Watch) {
    let written = project(batch).and_then(|()| sample(batch));
    match written {
        Ok(()) => watch.store_works(),
        Err(error) => {
            tracing::error!(%error, account = %batch.target.account, "the tables of an account cannot be written");
            watch.store_fails(&error);
        }
    }
}

fn project(batch: &Batch) -> Result<(), StoreError> {
    let Some(changes) = &batch.changes else { return Ok(()) };
    match batch.target.rows.project(changes) {
        // Something before was lost: the journal has it.
        Err(error) if error.kind == StoreErrorKind::Conflict => {
            store::catch_up(&batch.target.directory, batch.target.account, &batch.target.rows).map(drop)
        }
        written => written.map(drop),
    }
}

fn sample(batch: &Batch) -> Result<(), StoreError> {
    let Some((time, equity)) = batch.equity else { return Ok(()) };
    batch.target.rows.record_equity(batch.target.account, &EquityRow { time, equity })
}

/// Says when the next point of the equity curve is due.
#[derive(Debug, Default)]
pub(crate) struct Sampler(Option<Timestamp>);

impl Sampler {
    pub(crate) fn is_due(&mut self) -> Option<Timestamp> {
        let now = SystemClock.now();
        if self.0.is_some_and(|last| now.since(last) < EQUITY_EVERY) {
            return None;
        }
        self.0 = Some(now);
        Some(now)
    }
}
