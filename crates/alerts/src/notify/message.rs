use serde::Serialize;

use crate::Notice;

const FIRING: &str = "firing";

/// A notice as it leaves the program: JSON for programs, two texts for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The same for every try, so that a receiver can tell a repetition.
    pub id: String,
    pub alert: String,
    pub severity: &'static str,
    /// `firing` or `resolved`.
    pub state: &'static str,
    pub at_ms: i64,
    pub value: Option<f64>,
    pub labels: std::collections::BTreeMap<String, String>,
    pub about: String,
    pub condition: String,
    /// Which program tells it.
    pub source: String,
}

impl Message {
    /// `source` names the program and where it runs, such as `bellwether production`.
    #[must_use]
    pub fn new(notice: &Notice, source: &str) -> Self {
        let Notice { id, rule, change } = notice;
        Self {
            id: id.clone(),
            alert: rule.name.clone(),
            severity: rule.severity.code(),
            state: if change.is_firing { FIRING } else { "resolved" },
            at_ms: change.at_ms,
            value: change.value.filter(|value| value.is_finite()),
            labels: change.labels.iter().cloned().collect(),
            about: rule.about.clone(),
            condition: rule.condition.words(),
            source: source.to_owned(),
        }
    }

    #[must_use]
    pub fn is_firing(&self) -> bool {
        self.state == FIRING
    }

    /// One line: what, how bad, where.
    #[must_use]
    pub fn subject(&self) -> String {
        let labels: Vec<String> =
            self.labels.iter().map(|(label, value)| format!("{label} {value}")).collect();
        let of = if labels.is_empty() { String::new() } else { format!(" ({})", labels.join(", ")) };
        one_line(&format!("[{}] {} {}{of}", self.severity, self.alert, self.state))
    }

    /// The whole in words.
    #[must_use]
    pub fn body(&self) -> String {
        let value = self.value.map_or_else(String::new, |value| format!("\nThe figure is {value}."));
        format!(
            "{}\n\n{}\nCondition: {}.{value}\nTold by {}, notice {}.\n",
            self.subject(),
            self.about,
            self.condition,
            self.source,
            self.id
        )
    }
}

/// A label may hold anything; a subject may not hold a line's end.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
