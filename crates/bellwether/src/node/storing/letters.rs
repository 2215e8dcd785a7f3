//! Dead letters of the store: kept as rows, and replayed by the same door through which the items came.

use std::sync::Arc;

use engine::Clock;
use metrics::counter;
use pipeline::{DeadLetter, DeadLetters, Sink, SinkError, SinkFault, SinkItem};
use resilience::PolicyError;
use store::{Cut, DeadLetterRow, Page, Store, StoreError, StoreErrorKind};
use thiserror::Error;

use super::latest::{LATEST, LatestSink, Line};
use super::sink::{StoreHealth, StoreSink, guarded};
use super::{Guard, Patience, STORE};
use crate::clock::SystemClock;

/// Letters that were let go by the policy of keeping them, by `reason`.
pub(crate) const EXPIRED: &str = "dead_letters_expired_total";

/// The sinks' way to the table.
pub(crate) struct Letters {
    letters: store::DeadLetters,
    rows_max: u64,
    guard: Option<Guard>,
}

impl Letters {
    /// Past `rows_max` the oldest go.
    pub(crate) fn new(store: &Store, rows_max: u64, guard: Option<Guard>) -> Self {
        counter!(EXPIRED, "reason" => "room").increment(0);
        Self { letters: store.dead_letters(), rows_max, guard }
    }
}

impl DeadLetters for Letters {
    fn bury(&self, letters: &[DeadLetter]) -> Result<(), SinkError> {
        let rows = letters.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let put = guarded(self.guard.as_ref(), || self.letters.put(&rows, self.rows_max));
        let expired = put.map_err(|error| SinkError::unavailable(error.to_string()))?;
        if expired > 0 {
            counter!(EXPIRED, "reason" => "room").increment(expired);
            tracing::error!(expired, "more dead letters than are kept: the oldest were let go");
        }
        Ok(())
    }
}

fn row(letter: &DeadLetter) -> Result<store::DeadLetter, SinkError> {
    let payload =
        serde_json::to_string(&letter.item).map_err(|error| SinkError::unavailable(error.to_string()))?;
    Ok(store::DeadLetter {
        origin: letter.origin.clone(),
        kind: letter.item.kind().to_owned(),
        instrument: letter.item.stream(),
        payload,
        error: letter.error.clone(),
        attempts: letter.attempts,
        first_failed: letter.first_failed,
        last_failed: letter.last_failed,
    })
}

/// Why a letter was not replayed or discarded.
#[derive(Debug, Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database's policy keeps the call back.
    #[error("{0}")]
    KeptBack(String),
    /// It stays, with the new error.
    #[error("it is refused again: {0}")]
    RefusedAgain(String),
    /// It stays as it is.
    #[error("it cannot be delivered now: {0}")]
    Unavailable(String),
    #[error("the item cannot be read: {0}")]
    Unreadable(String),
    #[error("there is no sink `{0}` here; start the program with it, or discard the letter")]
    NoSink(String),
}

impl From<PolicyError<StoreError>> for ReplayError {
    fn from(error: PolicyError<StoreError>) -> Self {
        let words = error.to_string();
        error.into_inner().map_or(Self::KeptBack(words), Self::Store)
    }
}

/// Where people deal with dead letters.
#[derive(Clone)]
pub(crate) struct Desk {
    store: Store,
    guard: Option<Guard>,
    latest: Option<Line>,
}

impl Desk {
    /// `latest`: the way to Redis, where there is one.
    pub(crate) const fn new(store: Store, guard: Option<Guard>, latest: Option<Line>) -> Self {
        Self { store, guard, latest }
    }

    /// Newest first.
    pub(crate) fn list(&self, cut: &Cut) -> Result<Page<DeadLetterRow>, ReplayError> {
        Ok(guarded(self.guard.as_ref(), || self.store.dead_letters().list(cut))?)
    }

    pub(crate) fn get(&self, number: u64) -> Result<DeadLetterRow, ReplayError> {
        Ok(guarded(self.guard.as_ref(), || self.store.dead_letters().get(number))?)
    }

    pub(crate) fn count(&self) -> Result<u64, ReplayError> {
        Ok(guarded(self.guard.as_ref(), || self.store.dead_letters().count())?)
    }

    /// Delivers the item once more and takes the letter out. Two who do it at once do no harm: a sink keeps an item
    /// once, and one of them is told that the letter is gone.
    pub(crate) fn replay(&self, number: u64) -> Result<(), ReplayError> {
        let DeadLetterRow { letter, .. } = self.get(number)?;
        let mut sink = self.sink(&letter.origin)?;
        let item: SinkItem = serde_json::from_str(&letter.payload)
            .map_err(|error| ReplayError::Unreadable(error.to_string()))?;
        match sink.commit(&[item]) {
            // Somebody else was faster, or the answer to a try was lost.
            Ok(()) => match self.discard(number) {
                Err(error) if error.is_not_found() => Ok(()),
                discarded => discarded,
            },
            Err(SinkError { fault: SinkFault::Unavailable, reason }) => Err(ReplayError::Unavailable(reason)),
            Err(SinkError { reason, .. }) => {
                let now = SystemClock.now();
                self.store.dead_letters().refused_again(number, &reason, now)?;
                Err(ReplayError::RefusedAgain(reason))
            }
        }
    }

    fn sink(&self, origin: &str) -> Result<Box<dyn Sink>, ReplayError> {
        match (origin, &self.latest) {
            (STORE, _) => {
                let health = Arc::new(StoreHealth::new(Patience::Files));
                Ok(Box::new(StoreSink::new(self.store.clone(), health, self.guard.clone())))
            }
            (LATEST, Some(line)) => Ok(Box::new(LatestSink::new(line.clone()))),
            _ => Err(ReplayError::NoSink(origin.to_owned())),
        }
    }

    pub(crate) fn discard(&self, number: u64) -> Result<(), ReplayError> {
        Ok(guarded(self.guard.as_ref(), || self.store.dead_letters().remove(number))?)
    }
}

impl ReplayError {
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Store(error) if error.kind == StoreErrorKind::NotFound)
    }
}
