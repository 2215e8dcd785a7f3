//! How the program does and what an operator can change of it, as it travels.

mod alerts;
mod configuration;
mod dead_letters;
mod flags;
mod health;
mod log;
mod pipeline;
mod policies;
mod rung;

pub use alerts::{
    AlertBoard, AlertChange, AlertChannel, AlertInstance, AlertSeverity, AlertState, AlertView,
    SilenceRequest,
};
pub use configuration::{ConfigurationView, LastReload, RefusedChange, Reloaded, SettingChange, SettingRow};
pub use dead_letters::{DeadLetterDeed, DeadLetterDone, DeadLetterView};
pub use flags::{FlagChange, FlagSource, FlagView};
pub use health::{
    Degradation, HealthChange, HealthComponent, HealthDetail, HealthSummary, Importance, SummaryComponent,
};
pub use log::{LogLevel, LogLine, LogLines, LogQuery};
pub use pipeline::{EdgeCounts, EdgeView, PipelineView, SettledPosition, StreamCounts};
pub use policies::{
    BreakerAction, BreakerHold, BreakerRequest, BreakerState, BreakerView, LayerView, PolicyView,
};
pub use rung::{Rung, RungOverride, RungRequest};
