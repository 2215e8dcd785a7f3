//! The last good value, and its age.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// One value, which is good for so long.
#[derive(Debug)]
pub struct LastGood<T> {
    kept: Mutex<Option<(T, u64)>>,
    age_max: Duration,
}

impl<T: Clone> LastGood<T> {
    #[must_use]
    pub const fn new(age_max: Duration) -> Self {
        Self { kept: Mutex::new(None), age_max }
    }

    /// Keeps a copy of it, unless a newer one is kept.
    pub fn keep(&self, value: &T, clock: &dyn Clock) {
        // Copied outside of the lock, and stamped before: the age is never told too small.
        let (now, copy) = (clock.now(), value.clone());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|(_, at)| *at <= now) {
            *kept = Some((copy, now));
        }
    }

    /// The value and its age, if it is not too old.
    pub fn get(&self, clock: &dyn Clock) -> Option<(T, Duration)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, at) = kept.as_ref()?;
        let age = Duration::from_nanos(clock.now().saturating_sub(*at));
        (age <= self.age_max).then(|| (value.clone(), age))
    }
}
