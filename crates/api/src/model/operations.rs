//! How the program does and what an operator can change of it, as it travels.

mod alerts;
mod configuration;
mod flags;
mod health;
mod log;
mod policies;
mod rung;

pub use alerts::{
    AlertBoard, AlertChange, AlertChannel, AlertInstance, AlertSeverity, AlertState, AlertView,
    SilenceRequest,
};
pub use configuration::{ConfigurationView, LastReload, RefusedChange, Reloaded, SettingChange, SettingRow};
pub use flags::{FlagChange, FlagSource, FlagView};
pub use health::{
    Degradation, HealthChange, HealthComponent, HealthDetail, HealthSummary, Importance, SummaryComponent,
};
pub use log::{LogLevel, LogLine, LogLines, LogQuery};
pub use policies::{
    BreakerAction, BreakerHold, BreakerRequest, BreakerState, BreakerView, LayerView, PolicyView,
};
pub use rung::{Rung, RungOverride, RungRequest};
