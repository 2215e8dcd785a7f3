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
