//! What a running platform tells of itself. Standard output belongs to reports, so logs go to standard error and to
//! files.

use std::sync::Arc;
use std::time::Duration;

use ::telemetry::logs::{LogConfig, Surroundings};
use ::telemetry::{Format, Handles, LogGuard, Logs, Metrics, Redactor, TraceConfig, Traces};
use anyhow::{Context, Result};
use tokio::runtime::Handle;

use crate::config::{Config, Loaded, LogFormat};
use crate::node::{Party, Policies};

/// How long one delivery of traces may take, and all that wait when the program ends.
const TRACES_WITHIN: Duration = Duration::from_secs(10);
const TRACES_END_WITHIN: Duration = Duration::from_secs(3);

/// The logs, metrics and traces of a running platform. Dropped last, so that the last line is written.
pub(crate) struct Telling {
    pub(crate) logs: Handles,
    pub(crate) metrics: Metrics,
    traces: Option<Arc<Traces>>,
    _guard: LogGuard,
}

impl Telling {
    pub(crate) fn start(loaded: &Loaded, policies: &Policies, runtime: &Handle) -> Result<Self> {
        let config = &loaded.config;
        let surroundings = Surroundings::default();
        let redactor = surroundings.redactor.clone();
        let traces = traces(config, policies, runtime, &redactor)?.map(Arc::new);
        let (guard, logs) = Logs::start_in(&log_config(config), surroundings, traces.as_deref())?;
        crate::node::hide_secrets(&logs, loaded);
        for warning in &loaded.warnings {
            tracing::warn!("{warning}");
        }
        let metrics = Metrics::install_hiding(redactor)?;
        metrics.watch_runtime("main", runtime);
        metrics.set_build_info(&config.app_version, None);
        if let Some(traces) = traces.clone() {
            metrics.on_upkeep(move || traces.export_metrics());
        }
        Ok(Self { logs, metrics, traces, _guard: guard })
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && !traces.shut_down(TRACES_END_WITHIN)
        {
            tracing::warn!("some traces could not be sent before the end");
        }
    }
}

fn log_config(config: &Config) -> LogConfig {
    LogConfig {
        level: config.log_level().to_owned(),
        format: match config.log.format {
            LogFormat::Pretty => Format::Pretty,
            LogFormat::Json => Format::Json,
        },
        directory: Some(config.log_directory()),
        max_bytes: config.log.max_bytes,
        max_files: u32::try_from(config.log.max_files).unwrap_or(u32::MAX),
        slow_operation_ms: config.log.slow_operation_ms,
    }
}

/// Where traces go, if they do.
pub(crate) fn trace_config(config: &Config) -> TraceConfig {
    TraceConfig {
        endpoint: config.tracing_endpoint().to_owned(),
        service: "bellwether".to_owned(),
        version: config.app_version.clone(),
        sample_ratio: 1.0,
        timeout: TRACES_WITHIN,
    }
}

fn traces(
    config: &Config,
    policies: &Policies,
    runtime: &Handle,
    redactor: &Redactor,
) -> Result<Option<Traces>> {
    if !config.tracing.enabled {
        return Ok(None);
    }
    let _inside = runtime.enter();
    let policy = policies.of(Party::Traces)?;
    Traces::start(&trace_config(config), policy, redactor.clone()).map(Some).context("traces cannot be sent")
}
