//! From Kafka into the store. An offset moves only after the store has committed, or after the message is a dead letter
//! that the brokers have acknowledged.

use std::time::Duration;

use anyhow::Result;
use bus::Message;
use bus::kafka::{Consumer, DeadLetters, Incoming, KafkaConfig, Polled};
use domain::{MarketEvent, Timestamp};
use engine::Clock;
use pipeline::{BatchLimits, SinkItem};
use resilience::{Failure, PolicyError};
use store::{MarketStore, StoreError};

use super::naming::Naming;
use crate::clock::SystemClock;
use crate::node::Guard;
use crate::node::storing::Sorted;
use crate::stop::Stop;

/// How often a message that the store refuses is tried before it is a dead letter.
const TRIES_MAX: u32 = 3;

/// How long records are waited for while none wait to be stored.
const IDLE: Duration = Duration::from_millis(100);

/// Between two tries while the store or the brokers take nothing.
const REST: Duration = Duration::from_millis(500);

/// How often the last offsets are committed before they are left as they are.
const LEAVING_MAX: u32 = 20;

/// How long the brokers may take to say how far behind we are.
const BEHIND_WITHIN: Duration = Duration::from_secs(10);

/// What it is made of.
pub(super) struct Parts {
    pub(super) consumer: Consumer,
    pub(super) letters: DeadLetters,
    pub(super) market: MarketStore,
    /// The policies around the store, around reading and around what is sent.
    pub(super) database: Guard,
    pub(super) consuming: Guard,
    pub(super) burying: Guard,
    pub(super) limits: BatchLimits,
    pub(super) brokers: KafkaConfig,
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Taken {
    pub(crate) messages: u64,
    /// Rows that were new.
    pub(crate) stored: u64,
    /// Marks that nothing is stored of.
    pub(crate) passed_over: u64,
    pub(crate) dead_letters: u64,
}

pub(crate) struct Intake {
    parts: Parts,
    naming: Naming,
    /// What is still to be stored, in the order in which it came.
    batch: Vec<(SinkItem, Incoming)>,
    opened: Timestamp,
    sorted: Sorted,
    taken: Taken,
}

/// How a part of a batch fared.
enum Fate {
    Stored,
    /// Nothing is known to be wrong with it.
    Later(String),
    Refused(String),
}

impl Intake {
    pub(super) fn new(parts: Parts) -> Result<Self> {
        let mut naming = Naming::new(parts.brokers.clone(), parts.market.clone())?;
        if let Err(error) = naming.look_again() {
            tracing::warn!(error = format!("{error:#}"), "instruments are read when a message names one");
        }
        let (sorted, taken) = (Sorted::default(), Taken::default());
        Ok(Self { parts, naming, batch: Vec::new(), opened: Timestamp::EPOCH, sorted, taken })
    }

    /// Runs until the stop is requested, or, if it is to end when nothing is left, until then.
    pub(crate) fn run(mut self, stop: &Stop, ends_when_read: bool) -> Result<Taken> {
        while !stop.is_requested() {
            let is_idle = self.batch.is_empty();
            match self.poll(if is_idle { IDLE } else { Duration::from_millis(5) }) {
                Ok(Polled::Revoking) => {
                    self.store(stop);
                    self.give_up();
                }
                Ok(Polled::Records(records)) => {
                    let came = !records.is_empty();
                    records.into_iter().for_each(|record| self.take(record, stop));
                    if self.is_due(SystemClock.now()) {
                        self.store(stop);
                    }
                    if ends_when_read && is_idle && !came && self.is_caught_up() {
                        break;
                    }
                }
                Err(reason) => {
                    tracing::warn!(reason, "Kafka brings nothing; it is asked again");
                    std::thread::sleep(REST);
                }
            }
        }
        self.store(stop);
        self.leave();
        Ok(self.taken)
    }

    /// The last offsets, for which a change of members is waited out.
    fn leave(&mut self) {
        let consumer = &mut self.parts.consumer;
        if let Err(error) = consumer.hold(true) {
            tracing::debug!(%error, "the member cannot be held");
        }
        for _ in 0..LEAVING_MAX {
            match consumer.commit() {
                Ok(_) => return,
                Err(error) => tracing::info!(%error, "offsets are committed once more before leaving"),
            }
            match consumer.poll(IDLE) {
                Ok(Polled::Revoking) => drop(consumer.give_up()),
                Ok(Polled::Records(_)) => {}
                Err(error) => tracing::debug!(%error, "the brokers are away"),
            }
        }
        tracing::warn!("some offsets are not committed; their records come again and are found stored");
    }

    fn poll(&mut self, wait: Duration) -> Result<Polled, String> {
        let consumer = &mut self.parts.consumer;
        self.parts.consuming.run(|| consumer.poll(wait)).map_err(|refused| refused.to_string())
    }

    fn is_caught_up(&self) -> bool {
        let consumer = &self.parts.consumer;
        match consumer.partitions() {
            // Not given out yet, or nobody has made a topic.
            0 => matches!(consumer.partitions_there(BEHIND_WITHIN), Ok(0)),
            _ => matches!(consumer.behind(BEHIND_WITHIN), Ok(0)),
        }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let is_full = self.batch.len() >= self.parts.limits.items_max;
        is_full || (!self.batch.is_empty() && now.since(self.opened) >= self.parts.limits.age_max)
    }

    /// Puts a record aside to be stored, or buries it.
    fn take(&mut self, record: Incoming, stop: &Stop) {
        let now = SystemClock.now();
        self.taken.messages += 1;
        let (error, tries) = match self.naming.read(&record.payload, now) {
            Ok(Message::Market(event)) => return self.put_aside(&event, record, now),
            Ok(_) => ("a message of this kind does not belong into this topic".to_owned(), 1),
            Err((unreadable, tries)) => (unreadable.to_string(), tries),
        };
        self.bury(&record, &error, tries, stop);
    }

    /// Marks that nothing is stored of are done with at once.
    fn put_aside(&mut self, event: &MarketEvent, record: Incoming, now: Timestamp) {
        let Some(item) = SinkItem::of(event) else {
            self.taken.passed_over += 1;
            return self.parts.consumer.acknowledge(&record.position);
        };
        if self.batch.is_empty() {
            self.opened = now;
        }
        self.batch.push((item, record));
    }

    /// Until it is durable: a record is never let go without one or the other.
    fn bury(&mut self, record: &Incoming, error: &str, tries: u32, stop: &Stop) {
        loop {
            let letters = &mut self.parts.letters;
            match self.parts.burying.run(|| letters.bury(record, error, tries)) {
                Ok(()) => {
                    self.taken.dead_letters += 1;
                    self.parts.consumer.acknowledge(&record.position);
                    return;
                }
                Err(refused) => {
                    tracing::error!(%refused, "a dead letter cannot be buried; it is tried again");
                    if !self.rest(stop) {
                        return;
                    }
                }
            }
        }
    }

    /// Stores what waits and moves the offsets. Returns without it only when stopped meanwhile: what is not
    /// acknowledged then comes again.
    fn store(&mut self, stop: &Stop) {
        let mut waiting = vec![std::mem::take(&mut self.batch)];
        let mut tries = 0;
        while let Some(part) = waiting.pop().filter(|part| !part.is_empty()) {
            match self.insert(&part) {
                Fate::Stored => {
                    tries = 0;
                    part.iter().for_each(|(_, record)| self.parts.consumer.acknowledge(&record.position));
                }
                Fate::Later(reason) => {
                    tracing::error!(reason, "market data cannot be stored; it is tried again");
                    if !self.rest(stop) {
                        return;
                    }
                    // What went to another member while we rested is that member's to store.
                    waiting.push(part);
                    waiting.iter_mut().for_each(|part| keep_own(&self.parts.consumer, part));
                    waiting.retain(|part| !part.is_empty());
                }
                Fate::Refused(reason) if part.len() == 1 => {
                    tries += 1;
                    if tries < TRIES_MAX {
                        waiting.push(part);
                    } else {
                        self.bury(&part[0].1, &reason, tries, stop);
                        tries = 0;
                    }
                }
                Fate::Refused(_) => {
                    let mut first = part;
                    let second = first.split_off(first.len() / 2);
                    waiting.extend([second, first]);
                }
            }
        }
        self.commit();
    }

    fn insert(&mut self, part: &[(SinkItem, Incoming)]) -> Fate {
        let batch = self.sorted.fill(part.iter().map(|(item, _)| item));
        let market = &self.parts.market;
        match self.parts.database.run(|| market.insert_batch(&batch)) {
            Ok(inserted) => {
                self.taken.stored += inserted.trades
                    + inserted.quotes
                    + inserted.bars
                    + inserted.spreads
                    + inserted.pairs
                    + inserted.regimes;
                Fate::Stored
            }
            Err(refused) => {
                let reason = refused.to_string();
                if is_of_the_batch(refused) { Fate::Refused(reason) } else { Fate::Later(reason) }
            }
        }
    }

    /// An offset that is not committed only means that its records come again.
    fn commit(&mut self) {
        let consumer = &mut self.parts.consumer;
        if let Err(refused) = self.parts.consuming.run(|| consumer.commit()) {
            tracing::warn!(%refused, "offsets are not committed; they will be with the next batch");
        }
    }

    fn give_up(&mut self) {
        if let Err(error) = self.parts.consumer.give_up() {
            tracing::warn!(%error, "partitions went without a commit; their records come again to their owner");
        }
    }

    /// A pause in which the member stays alive. False when stopped.
    fn rest(&mut self, stop: &Stop) -> bool {
        let consumer = &mut self.parts.consumer;
        if let Err(error) = consumer.hold(true) {
            tracing::debug!(%error, "the member cannot be held");
        }
        match consumer.poll(REST) {
            Ok(Polled::Revoking) => self.give_up(),
            Ok(Polled::Records(records)) => debug_assert!(records.is_empty(), "a held member gets nothing"),
            Err(error) => {
                tracing::debug!(%error, "the brokers are away too");
                std::thread::sleep(REST);
            }
        }
        let is_released = self.parts.consumer.hold(false);
        if let Err(error) = is_released {
            tracing::warn!(%error, "the member is still held");
        }
        !stop.is_requested()
    }
}

fn keep_own(consumer: &Consumer, part: &mut Vec<(SinkItem, Incoming)>) {
    part.retain(|(_, record)| consumer.is_awaited(&record.position));
}

/// Another batch may well be stored.
fn is_of_the_batch(refused: PolicyError<StoreError>) -> bool {
    use store::StoreErrorKind::{Conflict, Invalid, NotFound};
    // What the policy keeps back was not tried.
    refused
        .into_inner()
        .is_some_and(|error| !error.kind().is_outage() && matches!(error.kind, Conflict | Invalid | NotFound))
}
