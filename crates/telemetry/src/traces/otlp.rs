use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider};
use resilience::Policy;
use tokio::runtime::Runtime;
use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::{Layer, Registry};

use super::exporter::CarefulExporter;
use super::processor::{BoundedProcessor, Tally};
use super::{SPANS, TraceConfig, TracesError};
use crate::redact::Redactor;

/// How many ended spans may wait for their delivery.
pub(super) const QUEUE_MAX: usize = 2_048;
/// How long a program that forgot to shut its traces down waits for them.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(2);
/// What delivering spans itself goes through; its spans would be delivered, and so on for ever.
const OWN_TARGETS: [&str; 6] = ["opentelemetry", "tonic", "h2", "hyper", "tower", "rustls"];

/// Records spans and delivers them to a collector, on a thread of its own.
pub struct Traces {
    provider: SdkTracerProvider,
    tally: Arc<Tally>,
    /// Does the talking, so that it goes on whatever becomes of the runtime of the caller.
    runtime: Mutex<Option<Runtime>>,
}

impl fmt::Debug for Traces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Traces").finish_non_exhaustive()
    }
}

impl Traces {
    /// Begins to deliver spans through the policy, without the redactor's secrets. The collector need not be there:
    /// spans that cannot be delivered are counted, and those that the policy keeps back are dropped and counted. Hand
    /// the answer to [`crate::Logs::start`].
    ///
    /// # Errors
    /// When the configuration is wrong or there is no thread to be had.
    pub fn start(config: &TraceConfig, policy: Policy, redactor: Redactor) -> Result<Self, TracesError> {
        config.check()?;
        let broken = |error: &dyn fmt::Display| TracesError::Exporter(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("traces")
            .enable_all()
            .build()
            .map_err(|error| broken(&error))?;
        let exporter = {
            let _entered = runtime.enter();
            let builder = SpanExporter::builder().with_tonic().with_endpoint(&config.endpoint);
            builder.with_timeout(config.timeout).build().map_err(|error| broken(&error))?
        };
        let tally = Arc::new(Tally::default());
        let handle = runtime.handle().clone();
        let exporter = CarefulExporter::new(exporter, handle, policy, redactor, Arc::clone(&tally));
        let limits = BatchConfigBuilder::default().with_max_queue_size(QUEUE_MAX).build();
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(limits).build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BoundedProcessor::new(batches, Arc::clone(&tally)))
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio))))
            .with_resource(resource(config))
            .build();
        Ok(Self { provider, tally, runtime: Mutex::new(Some(runtime)) })
    }

    /// Writes the counts of spans to the metrics; to be called now and again.
    pub fn export_metrics(&self) {
        for (outcome, spans) in self.tally.outcomes() {
            metrics::counter!(SPANS, "outcome" => outcome).absolute(spans);
        }
    }

    /// Sends what waits, ends, and says whether everything was sent. Blocks for `within` at most: from a task call it
    /// through `spawn_blocking`.
    #[must_use]
    pub fn shut_down(&self, within: Duration) -> bool {
        let is_whole = self.provider.shutdown_with_timeout(within).is_ok();
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
        is_whole && self.tally.is_all_exported()
    }

    /// Delivers what waits, now.
    #[cfg(test)]
    pub(super) fn flush(&self) {
        // Whether it was delivered is counted.
        drop(self.provider.force_flush());
    }

    pub(crate) fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        let filter = filter_fn(is_traced).with_max_level_hint(LevelFilter::INFO);
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("bellwether"));
        layer.with_filter(filter).boxed()
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if self.runtime.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            // Whether all was sent is for those who asked.
            let _is_whole = self.shut_down(FORGOTTEN_WITHIN);
        }
    }
}

fn resource(config: &TraceConfig) -> Resource {
    let version = KeyValue::new("service.version", config.version.clone());
    Resource::builder().with_service_name(config.service.clone()).with_attribute(version).build()
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    let part = metadata.target().split([':', '_']).next().unwrap_or_default();
    *metadata.level() <= LevelFilter::INFO && !OWN_TARGETS.contains(&part)
}
