use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use domain::Span;

/// Ends rests early. Clones share one signal; it cannot be taken back.
#[derive(Debug, Clone, Default)]
pub struct StopSignal(Arc<(Mutex<bool>, Condvar)>);

impl StopSignal {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes everybody who rests.
    pub fn stop(&self) {
        let (stopped, wake) = &*self.0;
        *stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
    }

    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rests for the span, or until stopped.
    pub fn rest(&self, span: Span) {
        let (stopped, wake) = &*self.0;
        let limit = Duration::from_nanos(u64::try_from(span.nanos()).unwrap_or(0));
        let guard = stopped.lock().unwrap_or_else(PoisonError::into_inner);
        drop(wake.wait_timeout_while(guard, limit, |stopped| !*stopped));
    }
}
