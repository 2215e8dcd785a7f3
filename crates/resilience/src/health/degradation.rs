use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::WallClock;
use super::observation::cut;

const COMPONENT_BYTES_MAX: usize = 128;
const WORDS_BYTES_MAX: usize = 500;

/// How a component makes do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Answers from a cache, a second provider or a default.
    Fallback,
    /// Does a part of its work.
    Reduced,
    /// Shows, but changes nothing.
    ReadOnly,
    /// Does nothing new.
    Halted,
}

/// A declared degradation. For use inside: `words` may hold addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Degradation {
    pub component: String,
    pub mode: Mode,
    /// Unix milliseconds of the first of those who hold it now.
    pub since_ms: i64,
    /// What the last one to enter said.
    pub words: String,
    /// How many hold it.
    pub holders: u32,
}

/// The list of what makes do at the moment, declared by those who do.
///
/// It is shown, but changes no status: what steps down because of health would else keep itself down for ever.
#[derive(Clone)]
pub struct Degradations(Arc<Shared>);

struct Shared {
    wall: WallClock,
    max: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    held: BTreeMap<(String, Mode), Held>,
    next_id: u64,
    unlisted: u64,
}

#[derive(Debug)]
struct Held {
    /// Tells it from an earlier one under the same key.
    id: u64,
    since_ms: i64,
    words: String,
    holders: u32,
}

impl Degradations {
    pub(super) fn new(max: usize, wall: WallClock) -> Self {
        Self(Arc::new(Shared { wall, max, kept: Mutex::default() }))
    }

    /// Declares a degradation until the guard is dropped. Held by several, it is listed once and ends with the last.
    /// When the list is full the new one is counted in [`Degradations::unlisted`] and not shown.
    pub fn enter(&self, component: &str, mode: Mode, words: impl Into<String>) -> DegradationGuard {
        let key = key(component, mode);
        let mut words = words.into();
        cut(&mut words, WORDS_BYTES_MAX);
        let since_ms = (self.0.wall)();
        let id = self.lock().enter(&key, words, since_ms, self.0.max);
        if id.is_none() {
            tracing::warn!(component, ?mode, max = self.0.max, "degradation is not listed: the list is full");
        }
        DegradationGuard { list: self.clone(), key, id }
    }

    /// Ends a degradation, whoever holds it; `false` when there was none.
    pub fn leave(&self, component: &str, mode: Mode) -> bool {
        self.lock().held.remove(&key(component, mode)).is_some()
    }

    /// By component, then mode.
    #[must_use]
    pub fn list(&self) -> Vec<Degradation> {
        self.lock().held.iter().map(|(key, held)| held.show(key)).collect()
    }

    /// How often the list was full.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        self.lock().unlisted
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Degradations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Degradations").field(&*self.lock()).finish()
    }
}

impl Kept {
    fn enter(&mut self, key: &(String, Mode), words: String, since_ms: i64, max: usize) -> Option<u64> {
        if let Some(held) = self.held.get_mut(key) {
            held.words = words;
            held.holders = held.holders.saturating_add(1);
            return Some(held.id);
        }
        if self.held.len() >= max {
            self.unlisted = self.unlisted.saturating_add(1);
            return None;
        }
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        self.held.insert(key.clone(), Held { id, since_ms, words, holders: 1 });
        Some(id)
    }

    fn release(&mut self, key: &(String, Mode), id: u64) {
        let Some(held) = self.held.get_mut(key).filter(|held| held.id == id) else {
            return;
        };
        held.holders = held.holders.saturating_sub(1);
        if held.holders == 0 {
            self.held.remove(key);
        }
    }
}

impl Held {
    fn show(&self, (component, mode): &(String, Mode)) -> Degradation {
        Degradation {
            component: component.clone(),
            mode: *mode,
            since_ms: self.since_ms,
            words: self.words.clone(),
            holders: self.holders,
        }
    }
}

fn key(component: &str, mode: Mode) -> (String, Mode) {
    let mut component = component.to_owned();
    cut(&mut component, COMPONENT_BYTES_MAX);
    (component, mode)
}

/// Ends the degradation when it is dropped.
#[must_use = "the degradation ends when the guard is dropped"]
#[derive(Debug)]
pub struct DegradationGuard {
    list: Degradations,
    key: (String, Mode),
    /// `None` when it is not listed, or is to stay.
    id: Option<u64>,
}

impl DegradationGuard {
    /// Lets it stay until [`Degradations::leave`].
    pub fn keep(mut self) {
        self.id = None;
    }
}

impl Drop for DegradationGuard {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.list.lock().release(&self.key, id);
        }
    }
}
