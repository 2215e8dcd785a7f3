//! Traces over OTLP (gRPC), for programs built with the feature `otel`. Off unless they are asked for.

#[cfg(not(feature = "otel"))]
mod absent;
#[cfg(feature = "otel")]
mod exporter;
#[cfg(feature = "otel")]
mod otlp;
#[cfg(feature = "otel")]
mod processor;
#[cfg(test)]
mod tests;

use std::time::Duration;

#[cfg(not(feature = "otel"))]
pub use self::absent::Traces;
#[cfg(feature = "otel")]
pub use self::otlp::Traces;

/// Whether this build can send traces.
pub const ARE_BUILT: bool = cfg!(feature = "otel");

/// Counter, label `outcome` (`exported`, `failed`, `dropped`): spans that ended.
pub const SPANS: &str = "trace_spans_total";

/// Where traces go.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceConfig {
    /// The collector: `http://host:4317` or `https://…`.
    pub endpoint: String,
    /// What the program is called in traces.
    pub service: String,
    pub version: String,
    /// Which share of the traces that begin here is recorded, 0 to 1.
    pub sample_ratio: f64,
    /// How long the collector is given for one delivery; the policy bounds the call around it.
    pub timeout: Duration,
}

impl TraceConfig {
    /// Whether this build could send traces by it; the collector is not asked.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn check(&self) -> Result<(), TracesError> {
        if !ARE_BUILT {
            return Err(TracesError::NotBuilt);
        }
        let host = self.endpoint.strip_prefix("http://").or_else(|| self.endpoint.strip_prefix("https://"));
        let is_address = |host: &str| !host.is_empty() && host.chars().all(|part| part.is_ascii_graphic());
        if !host.is_some_and(is_address) {
            return Err(TracesError::Endpoint(self.endpoint.clone()));
        }
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Err(TracesError::SampleRatio(self.sample_ratio));
        }
        Ok(())
    }
}

/// Why there are no traces.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TracesError {
    #[error("this program was built without traces; build it with the feature `otel`, or switch traces off")]
    NotBuilt,
    #[error("the collector of traces is no address: {0:?}; write http://host:4317 or https://host:4317")]
    Endpoint(String),
    #[error("the share of traces to record is {0}; it must be between 0 and 1")]
    SampleRatio(f64),
    #[error("the exporter of traces cannot start: {0}")]
    Exporter(String),
}
