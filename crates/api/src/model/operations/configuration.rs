use serde::Serialize;
use utoipa::ToSchema;

/// One setting. Secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettingRow {
    pub path: String,
    pub value: String,
    pub default: String,
    /// What set it.
    pub origin: String,
    pub about: String,
    /// Whether a reload takes it over; else a restart does.
    pub live: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConfigurationView {
    pub rows: Vec<SettingRow>,
    /// Absent before the first.
    #[schema(required)]
    pub last_reload: Option<LastReload>,
}

/// The reload that happened last, by a person or because a file changed: what it refused waits for a restart, and what
/// was faulty is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastReload {
    pub at_ms: i64,
    pub by: String,
    pub report: Reloaded,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettingChange {
    pub path: String,
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusedChange {
    pub path: String,
    pub reason: String,
}

/// What a reload did. With faults nothing was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reloaded {
    pub changed: Vec<SettingChange>,
    /// What only a restart takes over.
    pub refused: Vec<RefusedChange>,
    pub faults: Vec<String>,
}
