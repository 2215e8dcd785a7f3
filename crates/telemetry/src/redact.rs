//! Secrets, kept out of whatever the program tells about itself.

mod decode;
mod encoded;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::AhoCorasick;

use self::decode::View;

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// Shorter ones would blank ordinary words.
const LENGTH_MIN: usize = 6;
/// Tokens that are renewed add one each time; at this many a further one is refused with a name.
const SECRETS_MAX: usize = 4_096;
/// How often text is unwrapped: JSON in a `Debug` in a URL.
const DEPTH_MAX: usize = 3;

/// Why a secret is not hidden from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHidden {
    #[error("a secret shorter than {LENGTH_MIN} bytes cannot be told from ordinary words")]
    TooShort,
    #[error("{SECRETS_MAX} secrets are hidden already")]
    Full,
    #[error("the secret cannot be searched for")]
    Unsearchable,
}

/// A set of secrets and what takes them out of text. Clones share the set.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Arc<Patterns>>>);

#[derive(Default)]
struct Patterns {
    secrets: Vec<String>,
    search: Option<Search>,
}

struct Search {
    words: AhoCorasick,
    /// The first of the words that are encoded: the digits around a hit belong to it.
    encoded_from: usize,
}

impl Redactor {
    /// Hides `secret` from now on, however it is escaped, and in base64 and hexadecimal digits. Hiding it again is
    /// harmless.
    ///
    /// # Errors
    /// When it is too short to be told from ordinary words, or too many are hidden already.
    pub fn hide(&self, secret: &str) -> Result<(), NotHidden> {
        let secret = secret.trim();
        if secret.len() < LENGTH_MIN {
            return Err(NotHidden::TooShort);
        }
        let mut shared = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shared.secrets.iter().any(|known| known == secret) {
            return Ok(());
        }
        if shared.secrets.len() >= SECRETS_MAX {
            return Err(NotHidden::Full);
        }
        let mut secrets = shared.secrets.clone();
        secrets.push(secret.to_owned());
        *shared = Arc::new(Patterns::of(secrets)?);
        Ok(())
    }

    /// The text without the secrets; borrowed when there were none.
    #[must_use]
    pub fn clean<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let patterns = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let Some(search) = &patterns.search else { return Cow::Borrowed(text) };
        let found = find(search, text);
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked(text, &found)) }
    }

    /// Whether the text holds a secret.
    #[must_use]
    pub fn is_dirty(&self, text: &str) -> bool {
        matches!(self.clean(text), Cow::Owned(_))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.read().unwrap_or_else(PoisonError::into_inner).secrets.len();
        write!(formatter, "Redactor({count} secrets)")
    }
}

impl Patterns {
    fn of(secrets: Vec<String>) -> Result<Self, NotHidden> {
        let plain = forms(&secrets);
        let encoded_from = plain.len();
        let all = plain.into_iter().chain(secrets.iter().flat_map(|secret| encoded::forms(secret)));
        let words = AhoCorasick::new(all).map_err(|_| NotHidden::Unsearchable)?;
        Ok(Self { secrets, search: Some(Search { words, encoded_from }) })
    }
}

/// The secrets as they stand in unwrapped text: forms write a space as a plus sign.
fn forms(secrets: &[String]) -> Vec<String> {
    let with_plus =
        secrets.iter().filter(|secret| secret.contains(' ')).map(|secret| secret.replace(' ', "+"));
    secrets.iter().cloned().chain(with_plus).collect()
}

/// Where secrets stand in the text, as it is and unwrapped.
fn find(search: &Search, text: &str) -> Vec<Range<usize>> {
    let mut found = search.hits(text.as_bytes());
    let mut view = View::of(text);
    for _ in 0..DEPTH_MAX {
        let Some(unwrapped) = view.unwrapped() else { break };
        found.extend(search.hits(unwrapped.bytes()).into_iter().map(|hit| unwrapped.origin(hit)));
        view = unwrapped;
    }
    found
}

impl Search {
    fn hits(&self, text: &[u8]) -> Vec<Range<usize>> {
        let hits = self.words.find_overlapping_iter(text);
        hits.map(|hit| {
            let range = hit.start()..hit.end();
            if hit.pattern().as_usize() < self.encoded_from { range } else { widened(text, &range) }
        })
        .collect()
    }
}

/// With the digits before and behind.
fn widened(text: &[u8], hit: &Range<usize>) -> Range<usize> {
    let before = text[..hit.start].iter().rev().take_while(|byte| encoded::is_digit(**byte)).count();
    let behind = text[hit.end..].iter().take_while(|byte| encoded::is_digit(**byte)).count();
    hit.start - before..hit.end + behind
}

fn masked(text: &str, found: &[Range<usize>]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut copied = 0;
    for range in merged(found) {
        let (start, end) = (text.floor_char_boundary(range.start), text.ceil_char_boundary(range.end));
        clean.push_str(text.get(copied..start).unwrap_or_default());
        clean.push_str(MASK);
        copied = end.max(copied);
    }
    clean.push_str(text.get(copied..).unwrap_or_default());
    clean
}

/// Two secrets that share letters are one blank: what is left of either would still tell something.
fn merged(found: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted = found.to_vec();
    sorted.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
