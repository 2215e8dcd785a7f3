use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Which series of a metric are meant: all whose labels match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    pub metric: String,
    /// Label and pattern; labels that are not named may be anything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Pattern>,
}

/// Alternatives with `|` between them; `*` at an end stands for anything: `5*`, `database|redis`, `feed:*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        self.0.split('|').any(|choice| match choice.strip_suffix('*') {
            Some(start) => value.starts_with(start),
            None => value == choice,
        })
    }

    /// As a label matcher of PromQL.
    fn promql(&self, label: &str) -> String {
        if !self.0.contains(['|', '*']) {
            return format!("{label}=\"{}\"", quoted(&self.0));
        }
        let choices: Vec<String> = self.0.split('|').map(regular).collect();
        format!("{label}=~\"{}\"", quoted(&choices.join("|")))
    }
}

/// The choice as a regular expression, which PromQL anchors at both ends.
fn regular(choice: &str) -> String {
    let (text, end) = choice.strip_suffix('*').map_or((choice, ""), |start| (start, ".*"));
    let mut expression = String::with_capacity(text.len() + end.len());
    for character in text.chars() {
        if !character.is_alphanumeric() && !matches!(character, '_' | ':' | '-' | ' ' | '/') {
            expression.push('\\');
        }
        expression.push(character);
    }
    expression + end
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

impl Selector {
    #[must_use]
    pub fn new(metric: &str) -> Self {
        Self { metric: metric.to_owned(), labels: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, label: &str, pattern: &str) -> Self {
        self.labels.insert(label.to_owned(), Pattern::new(pattern));
        self
    }

    /// Whether a series of that name and those labels is meant.
    #[must_use]
    pub fn matches(&self, name: &str, labels: &[(String, String)]) -> bool {
        name == self.metric
            && self.labels.iter().all(|(label, pattern)| {
                labels.iter().any(|(known, value)| known == label && pattern.matches(value))
            })
    }

    /// As PromQL writes it.
    #[must_use]
    pub fn promql(&self) -> String {
        if self.labels.is_empty() {
            return self.metric.clone();
        }
        let labels: Vec<String> = self.labels.iter().map(|(label, pattern)| pattern.promql(label)).collect();
        format!("{}{{{}}}", self.metric, labels.join(","))
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !is_name(&self.metric, true) {
            faults.push(format!("`{}` is no metric's name", self.metric));
        }
        for (label, Pattern(pattern)) in &self.labels {
            if !is_name(label, false) {
                faults.push(format!("`{label}` is no label's name"));
            }
            if pattern.split('|').any(|choice| choice.trim_end_matches('*').contains('*')) {
                faults.push(format!("`{pattern}`: a `*` may only stand at the end of a choice"));
            }
        }
        faults
    }
}

fn is_name(text: &str, may_have_colon: bool) -> bool {
    let is_part = |character: char| {
        character.is_ascii_alphanumeric() || character == '_' || (may_have_colon && character == ':')
    };
    text.chars().next().is_some_and(|first| !first.is_ascii_digit()) && text.chars().all(is_part)
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.metric)?;
        for (index, (label, Pattern(pattern))) in self.labels.iter().enumerate() {
            formatter.write_str(if index == 0 { " with " } else { " and " })?;
            write!(formatter, "{label} {pattern}")?;
        }
        Ok(())
    }
}
