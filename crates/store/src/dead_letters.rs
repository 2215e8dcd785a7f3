use std::sync::Arc;

use domain::Timestamp;

use crate::StoreError;
use crate::backend::Backend;
use crate::page::{Cut, List, Page};
use crate::rows::{DeadLetter, DeadLetterRow};

/// No longer payload is kept: it is what tells letters apart, and lies in an index.
pub const PAYLOAD_BYTES_MAX: usize = 2_000;

/// An error's words are cut here.
const ERROR_CHARACTERS_MAX: usize = 1_000;

/// Items that no sink would take, until somebody replays or discards them. They are the platform's, of no tenant.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    backend: Arc<dyn Backend>,
}

impl DeadLetters {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// Keeps all of them in one transaction. One that is there already gets the later error and time, and the sum of
    /// the tries. When there are more than `rows_max` then, the oldest go. Returns how many went.
    ///
    /// # Errors
    /// `Invalid` for a payload that is too long; nothing is kept then.
    pub fn put(&self, letters: &[DeadLetter], rows_max: u64) -> Result<u64, StoreError> {
        if let Some(long) = letters.iter().find(|letter| letter.payload.len() > PAYLOAD_BYTES_MAX) {
            let bytes = long.payload.len();
            return Err(StoreError::invalid(format!(
                "a dead letter has {bytes} bytes and may have {PAYLOAD_BYTES_MAX}"
            )));
        }
        let cut: Vec<DeadLetter> = letters.iter().map(cut).collect();
        self.backend.put_dead_letters(&cut, i64::try_from(rows_max).unwrap_or(i64::MAX))
    }

    /// Newest first.
    ///
    /// # Errors
    /// `Invalid` for the cursor.
    pub fn list(&self, cut: &Cut) -> Result<Page<DeadLetterRow>, StoreError> {
        let before = cut.place::<1>(List::DeadLetters)?.map(|[number]| number);
        let rows = self.backend.dead_letters(before, cut.rows_wanted())?;
        Ok(cut.page(List::DeadLetters, rows, |row| [row.number.cast_signed()]))
    }

    /// # Errors
    /// `NotFound`.
    pub fn get(&self, number: u64) -> Result<DeadLetterRow, StoreError> {
        self.backend.dead_letter(number.cast_signed())?.ok_or_else(|| no_letter(number))
    }

    /// Takes a letter out, because it was replayed or is discarded.
    ///
    /// # Errors
    /// `NotFound`: it is gone already.
    pub fn remove(&self, number: u64) -> Result<(), StoreError> {
        if self.backend.remove_dead_letter(number.cast_signed())? { Ok(()) } else { Err(no_letter(number)) }
    }

    /// Notes that a letter was replayed at `time` and refused again.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn refused_again(&self, number: u64, error: &str, time: Timestamp) -> Result<(), StoreError> {
        let error = first_characters(error);
        let known = self.backend.refuse_dead_letter_again(number.cast_signed(), &error, time)?;
        if known { Ok(()) } else { Err(no_letter(number)) }
    }

    /// How many there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count(&self) -> Result<u64, StoreError> {
        self.backend.count_dead_letters()
    }

    /// Deletes those that failed last before that time. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.backend.prune_dead_letters(before)
    }
}

fn no_letter(number: u64) -> StoreError {
    StoreError::not_found(format!("there is no dead letter {number}"))
}

fn cut(letter: &DeadLetter) -> DeadLetter {
    DeadLetter { error: first_characters(&letter.error), ..letter.clone() }
}

fn first_characters(text: &str) -> String {
    text.chars().take(ERROR_CHARACTERS_MAX).collect()
}
