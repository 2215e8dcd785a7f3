//! What is old leaves the store, so that a node that runs for months does not fill the disk: trades, quotes, and dead
//! letters that nobody asked for.

use std::time::Duration;

use domain::{InstrumentId, Span, Timestamp};
use engine::Clock;
use metrics::{counter, gauge};
use store::{DeadLetters, MarketStore, Store};

use super::storing::EXPIRED;
use crate::clock::SystemClock;
use crate::stop::Stop;

/// How often the store is looked through.
const EVERY: Duration = Duration::from_secs(600);

/// How often the wish to stop is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Dead letters that are kept.
const DEAD_LETTERS: &str = "dead_letters";

/// What is deleted when. 0 hours keep everything.
pub(super) struct Upkeep {
    pub(super) store: Store,
    /// The node's own: what was imported is never touched.
    pub(super) instruments: Vec<InstrumentId>,
    pub(super) keep_ticks_hours: u32,
    pub(super) keep_letters_hours: u32,
}

impl Upkeep {
    /// Looks again and again until the stop.
    pub(super) fn run(&self, stop: &Stop) {
        counter!(EXPIRED, "reason" => "age").increment(0);
        self.count_letters();
        while wait(stop) {
            let now = SystemClock.now();
            if self.keep_ticks_hours > 0 {
                let before = oldest_kept(now, self.keep_ticks_hours);
                prune(&self.store.market(), &self.instruments, before);
            }
            if self.keep_letters_hours > 0 {
                prune_letters(&self.store.dead_letters(), oldest_kept(now, self.keep_letters_hours));
            }
            self.count_letters();
        }
    }

    fn count_letters(&self) {
        match self.store.dead_letters().count() {
            Ok(count) => gauge!(DEAD_LETTERS).set(u32::try_from(count).unwrap_or(u32::MAX)),
            Err(error) => tracing::warn!(%error, "dead letters cannot be counted"),
        }
    }
}

fn prune_letters(letters: &DeadLetters, before: Timestamp) {
    match letters.prune(before) {
        Ok(0) => {}
        Ok(expired) => {
            counter!(EXPIRED, "reason" => "age").increment(expired);
            tracing::warn!(expired, "dead letters are let go: nobody asked for them in time");
        }
        Err(error) => tracing::warn!(%error, "old dead letters could not be deleted"),
    }
}

/// Waits until it is time to look; false when the node stops before.
fn wait(stop: &Stop) -> bool {
    let mut waited = Duration::ZERO;
    while waited < EVERY && !stop.is_requested() {
        std::thread::sleep(LOOK_EVERY);
        waited += LOOK_EVERY;
    }
    !stop.is_requested()
}

fn oldest_kept(now: Timestamp, keep_hours: u32) -> Timestamp {
    now.plus(Span::from_seconds(-3_600 * i64::from(keep_hours)))
}

/// What could not be deleted is tried again with the next look.
fn prune(market: &MarketStore, instruments: &[InstrumentId], before: Timestamp) {
    match market.prune_ticks(instruments, before) {
        Ok(rows) => tracing::info!(rows, "old trades and quotes are deleted"),
        Err(error) => tracing::warn!(%error, "old trades and quotes could not be deleted"),
    }
}

#[cfg(test)]
mod tests;
