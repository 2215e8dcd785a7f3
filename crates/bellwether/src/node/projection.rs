//! The thread that writes what cells did into the tables. The journals are the truth: if the tables cannot be
//! written, trading goes on and they are caught up later.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use domain::{Money, Span, Timestamp};
use engine::Clock;
use store::{Changes, EquityRow, StoreError, StoreErrorKind, TenantStore};

use super::guard::Guard;
use super::overview::Watch;
use crate::clock::SystemClock;

/// Batches that may wait; a cell then waits for the store.
pub(crate) const BATCHES_MAX: usize = 4_096;

/// Between two tries to write tables that could not be written.
const TRY_AGAIN_AFTER_MS: i64 = 1_000;
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(TRY_AGAIN_AFTER_MS.unsigned_abs());

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
pub(crate) fn run(batches: &Receiver<Batch>, watch: &Watch, guard: &Guard) {
    let mut behind = Behind::new(guard);
    loop {
        match batches.recv_timeout(TRY_AGAIN_AFTER) {
            Ok(batch) => behind.take(&batch, watch),
            Err(RecvTimeoutError::Timeout) => behind.catch_up(SystemClock.now(), watch),
            Err(RecvTimeoutError::Disconnected) => {
                behind.next_try = Timestamp::MIN;
                return behind.catch_up(SystemClock.now(), watch);
            }
        }
    }
}

/// Accounts whose tables miss something that their journals have.
struct Behind<'a> {
    targets: Vec<Arc<Target>>,
    next_try: Timestamp,
    guard: &'a Guard,
}

impl<'a> Behind<'a> {
    const fn new(guard: &'a Guard) -> Self {
        Self { targets: Vec::new(), next_try: Timestamp::MIN, guard }
    }

    fn take(&mut self, batch: &Batch, watch: &Watch) {
        let now = SystemClock.now();
        if self.targets.is_empty() {
            if let Err(error) = self.guard.run(|| project(batch).and_then(|()| sample(batch))) {
                let error = error.to_string();
                tracing::error!(error, account = %batch.target.account, "the tables of an account cannot be written; its journal keeps what they miss");
                self.fails(batch, now, &error, watch);
            }
            return;
        }
        self.add(&batch.target);
        self.catch_up(now, watch);
    }

    /// Brings the tables up to their journals, at most once in a while as long as that fails.
    fn catch_up(&mut self, now: Timestamp, watch: &Watch) {
        if self.targets.is_empty() || now < self.next_try {
            return;
        }
        while let Some(target) = self.targets.last() {
            let caught_up =
                self.guard.run(|| store::catch_up(&target.directory, target.account, &target.rows));
            if let Err(error) = caught_up {
                self.next_try = now.plus(Span::from_millis(TRY_AGAIN_AFTER_MS));
                return watch.store_fails(&error.to_string());
            }
            self.targets.pop();
        }
        tracing::info!("the tables of all accounts are up to date again");
        watch.store_works();
    }

    fn fails(&mut self, batch: &Batch, now: Timestamp, error: &str, watch: &Watch) {
        self.add(&batch.target);
        self.next_try = now.plus(Span::from_millis(TRY_AGAIN_AFTER_MS));
        watch.store_fails(error);
    }

    fn add(&mut self, target: &Arc<Target>) {
        if !self.targets.iter().any(|known| Arc::ptr_eq(known, target)) {
            self.targets.push(Arc::clone(target));
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
