//! Atomics and the mutex of the state machine: the standard library's, or the model checker's with feature `loom`.

#[cfg(not(feature = "loom"))]
pub(super) use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

#[cfg(feature = "loom")]
pub(super) use {
    checked::AtomicU64,
    loom::sync::{Mutex, atomic::Ordering},
};

#[cfg(feature = "loom")]
mod checked {
    use loom::sync::atomic::{AtomicU64 as Inner, Ordering};

    /// An atomic with a gate before each access.
    ///
    /// To find the orders worth trying, the checker compares an access with the last one to the same atomic alone.
    /// Of a thread that loads and then exchanges it sees its own load, and overlooks that the exchange could have
    /// come before the load of another thread. The gates are exchanges all, so none of them is overlooked; being
    /// relaxed, they order no memory.
    #[derive(Debug)]
    pub(crate) struct AtomicU64 {
        value: Inner,
        gate: Inner,
    }

    impl AtomicU64 {
        pub(crate) fn new(value: u64) -> Self {
            Self { value: Inner::new(value), gate: Inner::new(0) }
        }

        pub(crate) fn load(&self, ordering: Ordering) -> u64 {
            self.behind_gate().load(ordering)
        }

        pub(crate) fn store(&self, value: u64, ordering: Ordering) {
            self.behind_gate().store(value, ordering);
        }

        pub(crate) fn fetch_max(&self, value: u64, ordering: Ordering) -> u64 {
            self.behind_gate().fetch_max(value, ordering)
        }

        pub(crate) fn compare_exchange(
            &self,
            current: u64,
            new: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            self.behind_gate().compare_exchange(current, new, success, failure)
        }

        fn behind_gate(&self) -> &Inner {
            self.gate.fetch_add(1, Ordering::Relaxed);
            &self.value
        }
    }
}
