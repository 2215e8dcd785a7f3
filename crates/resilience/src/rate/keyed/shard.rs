//! A part of the keys behind a lock of its own.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Alone on its cache lines, so that neighbours' locks do not slow each other.
#[repr(align(128))]
pub(super) struct Shard<K>(Mutex<Table<K>>);

pub(super) struct Table<K> {
    places: HashTable<Place<K>>,
    /// No key can be forgotten before this moment.
    sweep_at: u64,
}

pub(super) struct Place<K> {
    pub(super) key: K,
    /// The moment at which the whole burst is there again.
    pub(super) full_at: u64,
}

impl<K> Shard<K> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Table { places: HashTable::new(), sweep_at: 0 }))
    }

    /// A panic of the key's own code leaves the table sound, so a poisoned lock is taken like any other.
    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, Table<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Table<K> {
    #[inline]
    pub(super) fn find<Q>(&mut self, hash: u64, key: &Q) -> Option<&mut u64>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.places.find_mut(hash, |place| place.key.borrow() == key).map(|place| &mut place.full_at)
    }

    pub(super) fn insert(&mut self, hasher: &DefaultHashBuilder, hash: u64, place: Place<K>) {
        self.sweep_at = self.sweep_at.min(place.full_at);
        self.places.insert_unique(hash, place, |place| hasher.hash_one(&place.key));
    }

    /// Forgets the keys whose whole burst is there again: how many.
    pub(super) fn sweep(&mut self, hasher: &DefaultHashBuilder, now: u64) -> usize {
        if now < self.sweep_at {
            return 0;
        }
        let before = self.places.len();
        let mut soonest = u64::MAX;
        self.places.retain(|place| {
            let is_used = place.full_at > now;
            if is_used {
                soonest = soonest.min(place.full_at);
            }
            is_used
        });
        self.sweep_at = soonest;
        if self.places.len() < self.places.capacity() / 4 {
            self.places.shrink_to(self.places.len() * 2, |place| hasher.hash_one(&place.key));
        }
        before - self.places.len()
    }
}
