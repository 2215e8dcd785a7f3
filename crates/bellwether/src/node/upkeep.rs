//! Old trades and quotes leave the store, so that a node that runs for months does not fill the disk.

use std::time::Duration;

use domain::{InstrumentId, Span, Timestamp};
use engine::Clock;
use store::MarketStore;

use crate::clock::SystemClock;
use crate::stop::Stop;

/// How often the store is looked through.
const EVERY: Duration = Duration::from_secs(600);

/// How often the wish to stop is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Deletes ticks of the node's own market that are older than `keep_hours` hours, again and again until the stop;
/// 0 keeps everything. What was imported is never touched.
pub(super) fn run(market: &MarketStore, instruments: &[InstrumentId], keep_hours: u32, stop: &Stop) {
    if keep_hours == 0 {
        return;
    }
    while wait(stop) {
        prune(market, instruments, oldest_kept(SystemClock.now(), keep_hours));
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
