/// Somebody knows, and wants to hear no more of a rule for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    pub until_ms: i64,
    pub by: String,
    pub reason: String,
}
