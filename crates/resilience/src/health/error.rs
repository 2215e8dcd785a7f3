use thiserror::Error;

/// Why a component was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    #[error("component `{component}`: {fault}")]
    Invalid { component: String, fault: &'static str },
    #[error("component `{component}` is registered already")]
    AlreadyRegistered { component: String },
    #[error("component `{component}` is one too many: at most {max} are watched")]
    Full { component: String, max: usize },
    /// `path` begins and ends with the component.
    #[error("component `{component}` would depend on itself: {}", path.join(" -> "))]
    Cycle { component: String, path: Vec<String> },
}

/// The checks are run already; a second runner would run each of them twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the health checks are run already")]
pub struct AlreadyRunning;
