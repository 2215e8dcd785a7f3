//! One limit for each key: a caller, a tenant, an address.

mod shard;

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use hashbrown::DefaultHashBuilder;

use self::shard::{Place, Shard};
use super::quota::{Gcra, Quota, QuotaFault};
use super::{Limited, Remaining};
use crate::clock::{Clock, SystemClock};

const SHARDS_MAX: usize = 64;

/// A rate limit for each key, with a bounded number of keys.
///
/// A key whose whole burst is there again carries no state, so it is forgotten when room is needed. When there are
/// `keys_max` keys and each of them is in use, the *crowd* begins: all further keys share one quota, and are counted.
///
/// ```
/// use resilience::rate::{KeyedRateLimit, Quota};
///
/// let limit: KeyedRateLimit<String> = KeyedRateLimit::new(Quota::per_minute(1), 10_000).unwrap();
/// assert!(limit.check("ada").is_ok());
/// assert!(limit.check("ada").is_err());
/// assert!(limit.check("bob").is_ok());
/// ```
pub struct KeyedRateLimit<K, C = SystemClock> {
    shards: Box<[Shard<K>]>,
    hasher: DefaultHashBuilder,
    gcra: Gcra,
    clock: C,
    keys_max: usize,
    keys: AtomicUsize,
    /// The moment at which the crowd's burst is whole again.
    crowd: AtomicU64,
    crowded: AtomicU64,
    forgotten: AtomicU64,
    /// The shard to look for room in next.
    cursor: AtomicUsize,
}

/// What a keyed limit holds, and what happened at its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct KeyedStats {
    /// Keys that are remembered.
    pub keys: usize,
    pub keys_max: usize,
    /// Checks that the shared quota answered, because there was no room for the key.
    pub crowded: u64,
    /// Keys that were forgotten because their whole burst was there again.
    pub forgotten: u64,
}

impl<K: Hash + Eq> KeyedRateLimit<K> {
    /// # Errors
    /// A quota that cannot be kept.
    pub fn new(quota: Quota, keys_max: usize) -> Result<Self, QuotaFault> {
        Self::with_clock(quota, keys_max, SystemClock::new())
    }
}

impl<K: Hash + Eq, C: Clock> KeyedRateLimit<K, C> {
    /// # Errors
    /// A quota that cannot be kept.
    pub fn with_clock(quota: Quota, keys_max: usize, clock: C) -> Result<Self, QuotaFault> {
        let shards = (keys_max / 16).next_power_of_two().min(SHARDS_MAX);
        Ok(Self {
            shards: (0..shards).map(|_| Shard::new()).collect(),
            hasher: DefaultHashBuilder::default(),
            gcra: Gcra::new(quota)?,
            clock,
            keys_max,
            keys: AtomicUsize::new(0),
            crowd: AtomicU64::new(0),
            crowded: AtomicU64::new(0),
            forgotten: AtomicU64::new(0),
            cursor: AtomicUsize::new(0),
        })
    }

    /// Lets one call of `key` through now, or says when its next one may come. A key is copied when it is new only.
    ///
    /// # Errors
    /// The key's limit is reached; nothing was used up.
    #[inline]
    pub fn check<Q>(&self, key: &Q) -> Result<Remaining, Limited>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let now = self.clock.now();
        let hash = self.hasher.hash_one(key);
        let mut table = self.shard(hash).lock();
        if let Some(full_at) = table.find(hash, key) {
            return take(&self.gcra, full_at, now);
        }
        let mut fresh = 0;
        let answer = take(&self.gcra, &mut fresh, now)?;
        if self.claim() {
            table.insert(&self.hasher, hash, Place { key: key.to_owned(), full_at: fresh });
            return Ok(answer);
        }
        // The lock is let go first: looking for room takes the locks one at a time.
        drop(table);
        self.squeeze(hash, key.to_owned(), now)
    }

    /// Forgets every key whose whole burst is there again. Cheap enough for once a minute; not needed for the bound.
    pub fn retain_recent(&self) {
        let now = self.clock.now();
        for shard in &self.shards {
            self.released(shard.lock().sweep(&self.hasher, now));
        }
    }

    pub fn stats(&self) -> KeyedStats {
        KeyedStats {
            keys: self.keys.load(Ordering::Relaxed),
            keys_max: self.keys_max,
            crowded: self.crowded.load(Ordering::Relaxed),
            forgotten: self.forgotten.load(Ordering::Relaxed),
        }
    }

    #[inline]
    fn shard(&self, hash: u64) -> &Shard<K> {
        // The table uses the lowest and the highest bits.
        let place = usize::try_from((hash >> 32) & (SHARDS_MAX as u64 - 1)).unwrap_or(0);
        &self.shards[place & (self.shards.len() - 1)]
    }

    /// Room for one more key, if there is.
    fn claim(&self) -> bool {
        let more = |keys| (keys < self.keys_max).then_some(keys + 1);
        self.keys.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn released(&self, keys: usize) {
        self.keys.fetch_sub(keys, Ordering::Relaxed);
        self.forgotten.fetch_add(keys as u64, Ordering::Relaxed);
    }

    /// Makes room for a key, or lets it into the crowd.
    #[cold]
    fn squeeze(&self, hash: u64, key: K, now: u64) -> Result<Remaining, Limited> {
        self.make_room(now);
        let mut table = self.shard(hash).lock();
        // Another thread may have brought the key in meanwhile.
        if let Some(full_at) = table.find(hash, &key) {
            return take(&self.gcra, full_at, now);
        }
        if self.claim() {
            let mut full_at = 0;
            let answer = take(&self.gcra, &mut full_at, now)?;
            table.insert(&self.hasher, hash, Place { key, full_at });
            return Ok(answer);
        }
        drop(table);
        self.crowded.fetch_add(1, Ordering::Relaxed);
        self.gcra.admit(&self.crowd, now, 1)
    }

    /// Looks through shards in turn until a key was forgotten. A shard that can have none is skipped without a look.
    fn make_room(&self, now: u64) {
        for _ in 0..self.shards.len() {
            let place = self.cursor.fetch_add(1, Ordering::Relaxed) & (self.shards.len() - 1);
            let freed = self.shards[place].lock().sweep(&self.hasher, now);
            self.released(freed);
            if freed > 0 {
                return;
            }
        }
    }
}

/// The lock of the shard is held, so a plain number will do.
#[inline]
fn take(gcra: &Gcra, full_at: &mut u64, now: u64) -> Result<Remaining, Limited> {
    let (next, remaining) = gcra.decide(*full_at, now, 1, 0)?;
    *full_at = next;
    Ok(remaining)
}

impl<K, C> fmt::Debug for KeyedRateLimit<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedRateLimit").field("quota", &self.gcra).finish_non_exhaustive()
    }
}
