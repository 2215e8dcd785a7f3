use metrics::Key;

use crate::redact::Redactor;

/// The label value of series that are too many.
pub(super) const OTHER: &str = "other";
/// A label value is kept so far, in bytes.
const VALUE_MAX: usize = 128;

/// Label names and values, sorted by name, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labels(Vec<(String, String)>);

impl Labels {
    pub(super) fn of(labels: &[(&str, &str)]) -> Self {
        Self::sorted(labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// As they come from the code that counts: names are mended, values shortened and without secrets.
    pub(super) fn of_key(key: &Key, redactor: &Redactor) -> Self {
        let labels = key.labels().map(|label| {
            let mut value = redactor.clean(label.value()).into_owned();
            value.truncate(value.floor_char_boundary(VALUE_MAX));
            (label_name(label.key()), value)
        });
        Self::sorted(labels.collect())
    }

    /// Whether no label of the key was changed or left out.
    pub(super) fn is_exactly(&self, key: &Key) -> bool {
        key.labels().len() == self.0.len()
            && key.labels().all(|label| self.get(label.key()) == Some(label.value()))
    }

    fn sorted(mut labels: Vec<(String, String)>) -> Self {
        labels.sort_by(|left, right| left.0.cmp(&right.0));
        // Of two with one name the later counts.
        labels.reverse();
        labels.dedup_by(|left, right| left.0 == right.0);
        labels.reverse();
        Self(labels)
    }

    pub(super) fn others(&self) -> Self {
        Self(self.0.iter().map(|(name, _)| (name.clone(), OTHER.to_owned())).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(super) fn to_pairs(&self) -> Vec<(String, String)> {
        self.0.clone()
    }
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub(super) fn metric_name(name: &str) -> String {
    mended(name, |character| character == ':')
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`.
fn label_name(name: &str) -> String {
    mended(name, |_| false)
}

fn mended(name: &str, allows: impl Fn(char) -> bool) -> String {
    let is_right = |(place, character): (usize, char)| {
        character.is_ascii_alphabetic()
            || character == '_'
            || allows(character)
            || (place > 0 && character.is_ascii_digit())
    };
    name.chars()
        .enumerate()
        .map(|(place, character)| if is_right((place, character)) { character } else { '_' })
        .collect()
}
