//! Policies, or whatever guards calls, by tenant, provider and operation: a limited number of them.
//!
//! A key that is new when the registry is full takes the place of the entry that was used longest ago among those
//! that say they are idle. When none is, the newcomer is refused by name: state that guards something is never
//! thrown away, and memory never grows with the number of names that somebody can think of.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::breaker::{Breaker, State};
use crate::clock::Clock;
use crate::names;

#[cfg(test)]
mod tests;

/// Whose calls, to whom, for what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyKey {
    /// None: shared by all tenants.
    pub tenant: Option<String>,
    pub provider: String,
    pub operation: String,
}

impl PolicyKey {
    /// Shared by all tenants.
    #[must_use]
    pub fn shared(provider: impl Into<String>, operation: impl Into<String>) -> Self {
        Self { tenant: None, provider: provider.into(), operation: operation.into() }
    }

    /// Of one tenant.
    #[must_use]
    pub fn of_tenant(
        tenant: impl Into<String>,
        provider: impl Into<String>,
        operation: impl Into<String>,
    ) -> Self {
        Self { tenant: Some(tenant.into()), ..Self::shared(provider, operation) }
    }
}

impl fmt::Display for PolicyKey {
    /// `provider.operation`, or `tenant/provider.operation`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(tenant) = &self.tenant {
            write!(formatter, "{tenant}/")?;
        }
        write!(formatter, "{}.{}", self.provider, self.operation)
    }
}

/// Says whether it would be missed.
pub trait Idle {
    /// Whether it holds nothing back at the moment, so that a new one in its place would let the same calls through.
    /// It must not ask the registry.
    fn is_idle(&self) -> bool;
}

impl<C: Clock> Idle for Breaker<C> {
    /// Closed, and not held by hand. A few failures that did not open it are no reason to stay: else one failed call
    /// each would be enough to fill a registry for ever.
    fn is_idle(&self) -> bool {
        self.state() == State::Closed && !self.is_held()
    }
}

/// The registry is full and none of its entries is idle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the registry {registry} is full: all of its {max} entries are in use")]
pub struct RegistryFull {
    pub registry: Arc<str>,
    pub max: usize,
}

/// Entries by key, at most so many. Looking one up takes a read lock and no allocation.
#[derive(Debug)]
pub struct Registry<T> {
    name: Arc<str>,
    max: usize,
    entries: RwLock<HashMap<PolicyKey, Entry<T>>>,
    /// Counts uses; an entry remembers the count of its last one.
    uses: AtomicU64,
    evictions: AtomicU64,
    refusals: AtomicU64,
}

#[derive(Debug)]
struct Entry<T> {
    value: Arc<T>,
    used: AtomicU64,
}

impl<T> Registry<T> {
    /// Empty. `max` entries at most; at least one.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, max: usize) -> Self {
        Self {
            name: name.into(),
            max: max.max(1),
            entries: RwLock::new(HashMap::new()),
            uses: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
        }
    }

    /// The entry, which is thereby used.
    #[must_use]
    pub fn get(&self, key: &PolicyKey) -> Option<Arc<T>> {
        self.read().get(key).map(|entry| self.used(entry))
    }

    /// All entries, sorted by key. Looking at them is no use of them.
    #[must_use]
    pub fn list(&self) -> Vec<(PolicyKey, Arc<T>)> {
        let entries = self.read();
        let mut list: Vec<_> =
            entries.iter().map(|(key, entry)| (key.clone(), Arc::clone(&entry.value))).collect();
        drop(entries);
        list.sort_by(|(one, _), (other, _)| one.cmp(other));
        list
    }

    /// Takes the entry out, idle or not. Whoever still holds it can go on using it.
    pub fn remove(&self, key: &PolicyKey) -> Option<Arc<T>> {
        self.write().remove(key).map(|entry| entry.value)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The most entries.
    #[must_use]
    pub const fn max(&self) -> usize {
        self.max
    }

    /// Idle entries that made room, ever.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.evictions.load(Ordering::Relaxed)
    }

    /// Keys that found no room, ever.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Writes the registry's own counts to the metrics, not those of its entries.
    pub fn export_metrics(&self) {
        let evictions = metrics::counter!(names::REGISTRY_EVICTIONS, "registry" => Arc::clone(&self.name));
        evictions.absolute(self.evictions());
        let refusals = metrics::counter!(names::REGISTRY_REFUSED, "registry" => Arc::clone(&self.name));
        refusals.absolute(self.refusals());
    }

    fn used(&self, entry: &Entry<T>) -> Arc<T> {
        entry.used.store(self.next_use(), Ordering::Relaxed);
        Arc::clone(&entry.value)
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<PolicyKey, Entry<T>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<PolicyKey, Entry<T>>> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Idle> Registry<T> {
    /// The entry, made if there is none yet. It is made once, while nobody else can look; `make` must not ask the
    /// registry.
    ///
    /// # Errors
    /// [`RegistryFull`] when there is no room; then nothing is made.
    pub fn get_or_insert_with(
        &self,
        key: &PolicyKey,
        make: impl FnOnce() -> T,
    ) -> Result<Arc<T>, RegistryFull> {
        self.get_or_try_insert_with(key, || Ok(make()))
    }

    /// The same for what cannot always be made. If it cannot, nothing is thrown out for it.
    ///
    /// # Errors
    /// [`RegistryFull`] when there is no room, and what `make` says.
    pub fn get_or_try_insert_with<E: From<RegistryFull>>(
        &self,
        key: &PolicyKey,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(value) = self.get(key) {
            return Ok(value);
        }
        let mut entries = self.write();
        // Somebody else may have been faster.
        if let Some(entry) = entries.get(key) {
            return Ok(self.used(entry));
        }
        let leaving = self.room_in(&entries)?;
        let value = Arc::new(make()?);
        if let Some(leaving) = leaving {
            entries.remove(&leaving);
            self.evictions.fetch_add(1, Ordering::Relaxed);
        }
        let entry = Entry { value: Arc::clone(&value), used: AtomicU64::new(self.next_use()) };
        entries.insert(key.clone(), entry);
        Ok(value)
    }

    /// Who must leave for a newcomer; nobody if there is room.
    fn room_in(&self, entries: &HashMap<PolicyKey, Entry<T>>) -> Result<Option<PolicyKey>, RegistryFull> {
        if entries.len() < self.max {
            return Ok(None);
        }
        let idle = entries.iter().filter(|(_, entry)| entry.value.is_idle());
        match idle.min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed)) {
            Some((key, _)) => Ok(Some(key.clone())),
            None => {
                self.refusals.fetch_add(1, Ordering::Relaxed);
                Err(RegistryFull { registry: Arc::clone(&self.name), max: self.max })
            }
        }
    }
}
