//! Paths of settings: words with dots between them. A dot inside a name that a user chose is kept as another
//! character, so that `policies."database.rows"` stays two words.

/// Looks like a dot, and is in no name: names are ASCII.
const DOT_IN_NAME: &str = "\u{2024}";

/// A key as a word of a path.
pub(super) fn word(key: &str) -> String {
    key.replace('.', DOT_IN_NAME)
}

/// A word or a path as people write it.
pub(super) fn written(path: &str) -> String {
    path.replace(DOT_IN_NAME, ".")
}

/// `section.key`, or the key alone at the top.
pub(super) fn below(section: &str, key: &str) -> String {
    if section.is_empty() { word(key) } else { format!("{section}.{}", word(key)) }
}
