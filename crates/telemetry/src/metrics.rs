//! The metrics registry: one recorder for the whole process, with a table of every name.
//!
//! Counting through a handle is one atomic operation. Names, labels and series are bounded; what is refused is counted.
//! The same figures are read in three ways: as text for Prometheus, as a [`Snapshot`] for alert rules, and as JSON with
//! quantiles for people.

pub mod catalogue;

mod cells;
mod labels;
mod overview;
mod process;
mod registry;
mod render;
mod runtimes;
mod sketch;
mod snapshot;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use metrics::Recorder;
use resilience::SystemClock;
use tokio::runtime::Handle;

pub use self::catalogue::{Kind, Label, Row, catalogue, equivalents};
pub use self::registry::{SERIES_REFUSED, VALUES_REFUSED};
pub use self::snapshot::{Series, Snapshot};

use self::process::Process;
use self::registry::Registry;
use self::render::Rendered;
use self::runtimes::Runtimes;
use crate::redact::Redactor;

/// The process has a recorder already.
#[derive(Debug, thiserror::Error)]
#[error("metrics are recorded in this process already")]
pub struct AlreadyInstalled;

/// The metrics of the program. Clones are the same metrics.
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    registry: Arc<Registry>,
    process: Process,
    runtimes: Runtimes,
    exports: Mutex<Vec<Export>>,
}

type Export = Arc<dyn Fn() + Send + Sync>;

impl Metrics {
    /// Records what the whole process counts from now on.
    ///
    /// # Errors
    /// When something else does already.
    pub fn install() -> Result<Self, AlreadyInstalled> {
        Self::install_hiding(Redactor::default())
    }

    /// The same, with no secret of the redactor's in a label.
    ///
    /// # Errors
    /// As [`Metrics::install`].
    pub fn install_hiding(redactor: Redactor) -> Result<Self, AlreadyInstalled> {
        let metrics = Self::new(redactor);
        let recorder = Arc::clone(&metrics.0.registry);
        metrics::set_global_recorder(recorder).map_err(|_| AlreadyInstalled)?;
        metrics.upkeep();
        Ok(metrics)
    }

    /// Metrics that nothing is counted to yet but through [`Metrics::recorder`].
    #[must_use]
    pub fn new(redactor: Redactor) -> Self {
        Self(Arc::new(Shared {
            registry: Arc::new(Registry::new(redactor)),
            process: Process::own(),
            runtimes: Runtimes::new(SystemClock::new()),
            exports: Mutex::default(),
        }))
    }

    /// What counts, for [`metrics::with_local_recorder`].
    #[must_use]
    pub fn recorder(&self) -> &impl Recorder {
        &*self.0.registry
    }

    /// Calls `export` at each upkeep: for parts that count in atomics of their own, such as
    /// [`crate::Handles::export_metrics`].
    pub fn on_upkeep(&self, export: impl Fn() + Send + Sync + 'static) {
        self.0.exports.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(export));
    }

    /// Shows figures of this runtime from the next upkeep on.
    pub fn watch_runtime(&self, name: &'static str, handle: &Handle) {
        self.0.runtimes.watch(name, handle);
    }

    /// Shows what was built.
    pub fn set_build_info(&self, version: &str, commit: Option<&str>) {
        let mut labels = vec![("version", version)];
        labels.extend(commit.map(|commit| ("commit", commit)));
        self.0.registry.set("build_info", &labels, 1.0);
    }

    /// Brings what others count and what the kernel and the runtimes tell up to date. To be called every five seconds;
    /// it reads a few files of `/proc` and waits for nothing else.
    pub fn upkeep(&self) {
        let exports = self.0.exports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        exports.iter().for_each(|export| export());
        for (name, figure) in self.0.process.figures() {
            self.0.registry.set(name, &[], figure);
        }
        for (name, runtime, figure) in self.0.runtimes.figures() {
            self.0.registry.set(name, &[("runtime", runtime)], figure);
        }
    }

    /// All metrics as Prometheus reads them, version 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        Rendered(&self.0.registry.families()).to_string()
    }

    /// All series with their values now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.0.registry.families())
    }

    /// `{"summary": …, "areas": {area: {metric: {"kind", "unit", "about", "series": [{"labels", "value"}]}}}}`. A
    /// histogram's series have `count`, `avg`, `p50`, `p95`, `p99` and `max` instead of `value`, and it has the same of
    /// all series together under `all`. All figures are since the start.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        overview::overview(&self.0.registry.families())
    }
}

/// A count as a float: exact to 2^53, which no count reaches.
#[expect(clippy::cast_precision_loss, reason = "no count reaches 2^53")]
const fn figure(count: u64) -> f64 {
    count as f64
}
