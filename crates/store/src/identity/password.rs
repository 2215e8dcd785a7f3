use std::fmt;

use crate::{StoreError, StoreErrorKind};

/// Shorter ones are refused.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;

/// Longer ones are refused: bcrypt would look at the beginning only.
pub const PASSWORD_BYTES_MAX: usize = 71;

/// About a quarter of a second for each guess.
pub(super) const COST: u32 = 12;
pub(super) const COST_OF_TESTS: u32 = 4;

/// A password on its way. It is never shown by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The password itself, to be shown once to whom it belongs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

pub(super) fn check(password: &Secret) -> Result<(), StoreError> {
    let text = password.reveal();
    if text.chars().count() >= PASSWORD_CHARACTERS_MIN && text.len() <= PASSWORD_BYTES_MAX {
        return Ok(());
    }
    let what = format!(
        "the password must have at least {PASSWORD_CHARACTERS_MIN} characters and at most \
         {PASSWORD_BYTES_MAX} bytes"
    );
    Err(StoreError::invalid(what))
}

pub(super) fn hash(password: &Secret, cost: u32) -> Result<String, StoreError> {
    bcrypt::non_truncating_hash(password.reveal(), cost).map_err(|error| {
        StoreError::new(StoreErrorKind::Transient, format!("the password could not be hashed: {error}"))
    })
}

/// A hash that no password has, and that takes as long to find out as any other.
pub(super) fn hash_of_nobody(cost: u32) -> String {
    format!("$2b${cost:02}$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzABDEC")
}

/// Whether the hash is this password's. One that is too long is nobody's, and takes as long to refuse.
pub(super) fn verify(password: &Secret, hash: &str) -> Result<bool, StoreError> {
    let text = password.reveal();
    let fits = text.len() <= PASSWORD_BYTES_MAX;
    let matches = bcrypt::verify(if fits { text } else { "" }, hash);
    matches
        .map(|matches| matches && fits)
        .map_err(|error| StoreError::damaged(format!("a stored password hash cannot be read: {error}")))
}
