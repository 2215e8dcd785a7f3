use thiserror::Error;

/// Why a strategy cannot be made. The text is meant for the person who wrote the parameters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StrategyError {
    #[error("there is no strategy `{name}`; there are: {known}")]
    UnknownStrategy { name: String, known: String },
    #[error("the parameters must be an object such as {{\"quantity\": \"1\"}}")]
    NotAnObject,
    #[error("there is no parameter `{parameter}`; there are: {known}")]
    UnknownParameter { parameter: String, known: String },
    #[error("parameter `{parameter}` is missing: expected {expected}")]
    Missing { parameter: &'static str, expected: &'static str },
    #[error("parameter `{parameter}` is {found}: expected {expected}")]
    Invalid { parameter: &'static str, expected: &'static str, found: String },
    #[error("strategy {number} of `strategies`: {cause}")]
    Part { number: usize, cause: Box<Self> },
}

impl StrategyError {
    /// The parameter to put right, where it is one.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::UnknownParameter { parameter, .. } => Some(parameter),
            Self::Missing { parameter, .. } | Self::Invalid { parameter, .. } => Some(parameter),
            Self::Part { .. } => Some("strategies"),
            Self::UnknownStrategy { .. } | Self::NotAnObject => None,
        }
    }
}
