use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanProcessor};

use super::otlp::QUEUE_MAX;

/// What became of the spans that ended.
#[derive(Debug, Default)]
pub(super) struct Tally {
    waiting: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    pub(super) is_failing: AtomicBool,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Exported,
    /// The collector did not take it.
    Failed,
    /// It was not offered.
    Dropped,
}

impl Tally {
    /// The spans that were waiting have been delivered, or not.
    pub(super) fn settle(&self, spans: usize, outcome: Outcome) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        let count = match outcome {
            Outcome::Exported => &self.exported,
            Outcome::Failed => &self.failed,
            Outcome::Dropped => &self.dropped,
        };
        count.fetch_add(spans, Ordering::Relaxed);
        self.waiting.fetch_sub(spans, Ordering::Relaxed);
    }

    pub(super) fn outcomes(&self) -> [(&'static str, u64); 3] {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [("exported", read(&self.exported)), ("failed", read(&self.failed)), ("dropped", read(&self.dropped))]
    }

    pub(super) fn is_all_exported(&self) -> bool {
        [&self.waiting, &self.failed, &self.dropped].iter().all(|count| count.load(Ordering::Relaxed) == 0)
    }
}

/// Takes no more spans than may wait, and counts those it does not take.
#[derive(Debug)]
pub(super) struct BoundedProcessor {
    next: BatchSpanProcessor,
    tally: Arc<Tally>,
}

impl BoundedProcessor {
    pub(super) const fn new(next: BatchSpanProcessor, tally: Arc<Tally>) -> Self {
        Self { next, tally }
    }
}

impl SpanProcessor for BoundedProcessor {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let waiting = self.tally.waiting.fetch_add(1, Ordering::Relaxed);
        // The queue behind holds as many; what it is given it takes.
        if usize::try_from(waiting).is_ok_and(|waiting| waiting < QUEUE_MAX) {
            self.next.on_end(span);
        } else {
            self.tally.waiting.fetch_sub(1, Ordering::Relaxed);
            self.tally.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}
