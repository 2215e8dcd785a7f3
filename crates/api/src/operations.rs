//! The port to the running program's operation: how it does, and what an operator changes of it.

use domain::TenantId;
use serde_json::Value;
use thiserror::Error;

use crate::history::Cut;
use crate::model::DeadLetterPage;
use crate::model::operations::{
    AlertBoard, AlertView, BreakerAction, ConfigurationView, DeadLetterView, FlagChange, FlagView,
    HealthDetail, LogLines, LogQuery, PipelineView, PolicyView, Reloaded,
};

/// Why an operator's wish was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OperationError {
    #[error("not found")]
    NotFound,
    /// It exists and cannot be done; the words are for the operator.
    #[error("{0}")]
    Refused(String),
    /// The cursor was not given out here.
    #[error("the cursor was not given out here")]
    Cursor,
    /// Not now; the same wish may be carried out in a moment. The words are for the operator.
    #[error("{0}")]
    Busy(String),
}

/// What the node supplies. Everything answers from memory, but [`Operations::reload`], which reads files, and what
/// changes a flag, which writes one row, and what deals with dead letters: these are called where waiting does no harm. `by` names who asks, for the
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

    /// What became of every item since the start.
    fn pipeline(&self) -> PipelineView;

    /// Newest first.
    ///
    /// # Errors
    /// `Cursor`, `Busy`.
    fn dead_letters(&self, cut: &Cut) -> Result<DeadLetterPage, OperationError>;

    /// # Errors
    /// `NotFound`, `Busy`.
    fn dead_letter(&self, number: u64) -> Result<DeadLetterView, OperationError>;

    /// Delivers the item once more and takes the letter out. Twice does no harm.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when the sink refuses it again; `Busy`.
    fn replay_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError>;

    /// # Errors
    /// `NotFound`, `Busy`.
    fn discard_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError>;

    /// Reads the configuration again and takes over what it can.
    fn reload(&self, by: &str) -> Reloaded;
}
