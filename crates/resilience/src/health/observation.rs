use super::status::Status;

const MESSAGE_BYTES_MAX: usize = 500;
const FACTS_MAX: usize = 32;
const FACT_BYTES_MAX: usize = 200;

/// What a check saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub status: Status,
    /// Words for operators, at most 500 bytes are kept; may hold addresses, so it is never in the public view.
    pub message: String,
    /// Numbers behind the words, the first 32 are kept, 200 bytes each; never in the public view.
    pub facts: Vec<(&'static str, String)>,
}

impl Observation {
    #[must_use]
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), facts: Vec::new() }
    }

    #[must_use]
    pub fn healthy(message: impl Into<String>) -> Self {
        Self::new(Status::Healthy, message)
    }

    #[must_use]
    pub fn degraded(message: impl Into<String>) -> Self {
        Self::new(Status::Degraded, message)
    }

    #[must_use]
    pub fn unhealthy(message: impl Into<String>) -> Self {
        Self::new(Status::Unhealthy, message)
    }

    /// With one more fact.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Cut to what is kept, so that a talkative check cannot fill the memory.
    pub(super) fn cut(mut self) -> Self {
        cut(&mut self.message, MESSAGE_BYTES_MAX);
        self.facts.truncate(FACTS_MAX);
        for (_, value) in &mut self.facts {
            cut(value, FACT_BYTES_MAX);
        }
        self
    }
}

/// Shortens a text to `max` bytes or a little less, never inside a character.
pub(super) fn cut(text: &mut String, max: usize) {
    text.truncate(text.floor_char_boundary(max));
    text.shrink_to_fit();
}
