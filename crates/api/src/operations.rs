//! The port to the running program's operation: how it does, and what an operator changes of it.

use domain::TenantId;
use serde_json::Value;
use thiserror::Error;

use crate::model::operations::{
    AlertBoard, AlertView, BreakerAction, ConfigurationView, FlagChange, FlagView, HealthDetail, LogLines,
    LogQuery, PolicyView, Reloaded,
};

/// Why an operator's wish was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OperationError {
    #[error("not found")]
    NotFound,
    /// It exists and cannot be done; the words are for the operator.
    #[error("{0}")]
    Refused(String),
}

/// What the node supplies. Everything answers from memory, but [`Operations::reload`], which reads files, and what
/// changes a flag, which writes one row: both are called where waiting does no harm. `by` names who asks, for the
/// audit.
pub trait Operations: Send + Sync {
    /// Every metric as Prometheus text.
    fn metrics_text(&self) -> String;

    /// Every metric by area, histograms with average and percentiles.
    fn metrics_json(&self) -> Value;

    fn health(&self) -> HealthDetail;

    /// Asks for a check now; false when there is no such component.
    fn check(&self, component: &str) -> bool;

    fn policies(&self) -> Vec<PolicyView>;

    /// # Errors
    /// `NotFound`, or `Refused` for a policy without a breaker.
    fn breaker(
        &self,
        policy: &str,
        action: BreakerAction,
        reason: &str,
        by: &str,
    ) -> Result<PolicyView, OperationError>;

    fn flags(&self, tenant: TenantId) -> Vec<FlagView>;

    /// # Errors
    /// `NotFound`, or `Refused` when the change cannot be kept.
    fn set_flag(
        &self,
        name: &str,
        change: FlagChange,
        tenant: TenantId,
        by: &str,
    ) -> Result<FlagView, OperationError>;

    /// Drops what was switched at run time.
    ///
    /// # Errors
    /// As [`Operations::set_flag`].
    fn drop_flag(&self, name: &str, tenant: TenantId, by: &str) -> Result<FlagView, OperationError>;

    fn alerts(&self) -> AlertBoard;

    /// # Errors
    /// `NotFound`.
    fn silence(&self, alert: &str, minutes: u32, reason: &str, by: &str)
    -> Result<AlertView, OperationError>;

    /// # Errors
    /// `NotFound`.
    fn unsilence(&self, alert: &str, by: &str) -> Result<AlertView, OperationError>;

    fn log(&self, query: &LogQuery) -> LogLines;

    fn configuration(&self) -> ConfigurationView;

    /// Reads the configuration again and takes over what it can.
    fn reload(&self, by: &str) -> Reloaded;
}
