//! Values that cannot be shown by accident, and what is shown in their stead.

use std::fmt::{Debug, Formatter};

use serde::{Deserialize, Serialize, Serializer};

/// What stands for a secret.
const MASK: &str = "***";

/// A text that must not be seen. It has no `Display`; its `Debug` and its serialised form are the mask.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Masked(String);

impl Masked {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself: for the one place that uses it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl Debug for Masked {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.is_empty() { "\"\"" } else { MASK })
    }
}

impl Serialize for Masked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { MASK })
    }
}

/// The kind of place that `text` refers to, with its colon; `None` for a text that is the value itself.
pub(super) fn reference(text: &str) -> Option<&str> {
    const SCHEMES: [&str; 5] = ["env:", "file:", "vault:", "aws:", "literal:"];
    SCHEMES.iter().find_map(|scheme| text.get(..scheme.len()).filter(|start| start == scheme))
}

/// Whether the text says where a secret is kept instead of what it is.
pub(crate) fn is_reference(text: &str) -> bool {
    reference(text).is_some()
}

/// What is shown of a secret: nothing but whether there is one, and the kind of place it is kept in.
pub(super) fn hide(text: &str) -> String {
    match reference(text) {
        Some(scheme) => format!("{scheme}{MASK}"),
        None if text.is_empty() => String::new(),
        None => MASK.to_owned(),
    }
}

/// What of an address is a secret beside its password and its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hides {
    Password,
    /// Everything after the host, as in the addresses of incoming webhooks.
    Path,
}

/// What is shown of an address. Passwords are often not encoded as they should be, so that everything up to the
/// last `@` is taken for the user.
pub(super) fn hide_url(text: &str, hides: Hides) -> String {
    if reference(text).is_some() {
        return hide(text);
    }
    if text.is_empty() || text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let Some((scheme, rest)) = text.split_once("://") else { return MASK.to_owned() };
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (format!("{}@", hide_user(user)), place),
        None => (String::new(), rest),
    };
    let (host, path) = place.find(['/', '?', '#']).map_or((place, ""), |at| place.split_at(at));
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{scheme}://{MASK}");
    }
    format!("{scheme}://{user}{host}{}", hide_path(path, hides))
}

/// The parts of an address that must not be seen: what [`hide_url`] hides, as it stands there and as those see it who
/// take the address apart.
pub(super) fn secrets_of_url(text: &str, hides: Hides) -> Vec<String> {
    let hidden = hidden_parts(text, hides);
    let values = hidden.iter().flat_map(|part| part.split(['&', '?', '/', '#']));
    let values = values.map(|part| part.split_once('=').map_or(part, |(_, value)| value));
    let long = values.filter(|value| value.len() >= VALUE_MIN);
    let mut secrets: Vec<String> = hidden.iter().copied().chain(long).map(str::to_owned).collect();
    let decoded: Vec<String> = secrets.iter().filter_map(|part| decoded(part)).collect();
    secrets.extend(decoded);
    secrets.sort_unstable();
    secrets.dedup();
    secrets
}

/// A part of a part of an address that is longer is no ordinary word.
const VALUE_MIN: usize = 12;

/// Without its percent-encoding; `None` where there is none, or no text behind it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok().filter(|decoded| decoded != text)
}

fn hidden_parts(text: &str, hides: Hides) -> Vec<&str> {
    let Some((_, rest)) = text.split_once("://") else { return Vec::new() };
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let password = user.split_once(':').map_or(user, |(_, password)| password);
    let (_, path) = place.find(['/', '?', '#']).map_or((place, ""), |at| place.split_at(at));
    let query = path.find(['?', '#']).map_or("", |at| &path[at + 1..]);
    let hidden = match hides {
        Hides::Path => Some(path.trim_start_matches('/')).filter(|path| !is_words(path)).unwrap_or_default(),
        Hides::Password => query,
    };
    [password, hidden].into_iter().filter(|part| !part.is_empty()).collect()
}

/// A path such as `alerts` holds no key, and taking the word out of everything would blank our own names.
fn is_words(path: &str) -> bool {
    const WORDS_MAX: usize = 20;
    let is_of_words = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    path.len() < WORDS_MAX && path.bytes().all(is_of_words)
}

fn hide_user(user: &str) -> String {
    match user.split_once(':') {
        Some((name, _)) => format!("{name}:{MASK}"),
        None => MASK.to_owned(),
    }
}

fn hide_path(path: &str, hides: Hides) -> String {
    match (hides, path.find(['?', '#'])) {
        (Hides::Path, _) if path.len() > 1 => format!("/{MASK}"),
        (_, Some(at)) => format!("{}?{MASK}", &path[..at]),
        (_, None) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests;
