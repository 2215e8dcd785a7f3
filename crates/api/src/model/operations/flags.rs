use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// What a flag's setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlagSource {
    Configuration,
    /// Switched at run time; it outlives a restart.
    Override,
}

/// A feature that can be on for some and off for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagView {
    pub name: String,
    pub about: String,
    /// For the caller's tenant.
    pub on: bool,
    pub why: String,
    pub source: FlagSource,
    pub enabled: bool,
    /// Of tenants, 0 to 100.
    pub percent: u8,
    /// Where it may be on; everywhere when empty.
    pub environments: Vec<String>,
    /// Tenants for whom it is on or off whatever the rest says.
    pub tenants: BTreeMap<String, bool>,
}

/// What is to change of a flag; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, ToSchema)]
pub struct FlagChange {
    pub enabled: Option<bool>,
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<u8>,
    pub tenants: Option<BTreeMap<String, bool>>,
}
