//! What a sink would not take, kept with the reason, so that it can be looked at, sent again or discarded.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Timestamp;

use crate::sink::{SinkError, SinkItem};

/// An item that a sink refused by itself, again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub item: SinkItem,
    /// What the sink said last.
    pub error: String,
    /// How often the sink refused the item by itself.
    pub attempts: u32,
    /// The sink that was meant.
    pub origin: String,
    /// When a batch with the item was refused first, and the item last.
    pub first_failed: Timestamp,
    pub last_failed: Timestamp,
}

/// Keeps dead letters. Called from the sinks' threads.
pub trait DeadLetters: Send + Sync {
    /// Keeps all of them, durably, or none. They may come again after an error.
    ///
    /// # Errors
    /// [`SinkError`]: they are not kept, and the caller keeps them and tries again.
    fn bury(&self, letters: &[DeadLetter]) -> Result<(), SinkError>;
}

/// A bounded number of dead letters in memory. When it is full the oldest goes and is counted.
#[derive(Debug)]
pub struct MemoryDeadLetters {
    letters: Mutex<Letters>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Letters {
    kept: VecDeque<(u64, DeadLetter)>,
    buried: u64,
    lost: u64,
}

impl MemoryDeadLetters {
    /// Keeps at most `capacity` letters (at least one).
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { letters: Mutex::default(), capacity: capacity.max(1) }
    }

    /// The letters kept, oldest first, with the numbers by which they are taken.
    #[must_use]
    pub fn list(&self) -> Vec<(u64, DeadLetter)> {
        self.lock().kept.iter().cloned().collect()
    }

    /// Takes a letter out, to send it again or to discard it.
    #[must_use]
    pub fn take(&self, number: u64) -> Option<DeadLetter> {
        let mut letters = self.lock();
        let place = letters.kept.iter().position(|(known, _)| *known == number)?;
        letters.kept.remove(place).map(|(_, letter)| letter)
    }

    /// How many letters were ever buried.
    #[must_use]
    pub fn buried(&self) -> u64 {
        self.lock().buried
    }

    /// How many letters were pushed out by newer ones.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lock().lost
    }

    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeadLetters for MemoryDeadLetters {
    fn bury(&self, new: &[DeadLetter]) -> Result<(), SinkError> {
        let mut letters = self.lock();
        for letter in new {
            letters.buried += 1;
            let number = letters.buried;
            letters.kept.push_back((number, letter.clone()));
            if letters.kept.len() > self.capacity {
                letters.lost += 1;
                letters.kept.pop_front();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
