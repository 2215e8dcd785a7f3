//! A place in a bulkhead.

use std::ops::Deref;

use super::Bulkhead;

/// One place. Given back when it is dropped, however the call ended.
#[derive(Debug)]
#[must_use = "the place is given back when the permit is dropped"]
pub struct Permit<B: Deref<Target = Bulkhead>> {
    bulkhead: B,
}

impl<B: Deref<Target = Bulkhead>> Permit<B> {
    #[inline]
    pub(super) fn take(bulkhead: B) -> Option<Self> {
        bulkhead.places.try_acquire().ok()?.forget();
        Some(Self { bulkhead })
    }

    /// The place was taken from the semaphore already.
    pub(super) const fn held(bulkhead: B) -> Self {
        Self { bulkhead }
    }
}

impl<B: Deref<Target = Bulkhead>> Drop for Permit<B> {
    #[inline]
    fn drop(&mut self) {
        self.bulkhead.release();
    }
}
