//! How late timers are on this machine at this time: what the program cannot be blamed for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::ledger::now;

const NAP: Duration = Duration::from_millis(5);

/// The longest that a short sleep lasted beyond its time.
#[derive(Default)]
pub(super) struct Lateness(AtomicU64);

impl Lateness {
    pub(super) fn watch(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let began = now();
            std::thread::sleep(NAP);
            let late = began.elapsed().saturating_sub(NAP);
            self.0.fetch_max(u64::try_from(late.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
        }
    }

    pub(super) fn most(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }
}
