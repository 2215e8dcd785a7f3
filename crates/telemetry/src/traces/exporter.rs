use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tokio::runtime::Handle;

use super::processor::Tally;
use crate::redact::Redactor;

/// Takes secrets out of spans, delivers them in bounded time, and counts what became of them.
#[derive(Debug)]
pub(super) struct CarefulExporter<E: SpanExporter> {
    /// Shared with deliveries under way; its resource is set before the first of them.
    next: Arc<E>,
    runtime: Handle,
    timeout: Duration,
    redactor: Redactor,
    tally: Arc<Tally>,
}

impl<E: SpanExporter> CarefulExporter<E> {
    pub(super) fn new(
        next: E,
        runtime: Handle,
        timeout: Duration,
        redactor: Redactor,
        tally: Arc<Tally>,
    ) -> Self {
        Self { next: Arc::new(next), runtime, timeout, redactor, tally }
    }

    /// Tells it when deliveries begin to fail or work again.
    fn tell(&self, result: &OTelSdkResult) {
        let was_failing = self.tally.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match result {
            Err(error) if !was_failing => {
                tracing::warn!(%error, "traces cannot be delivered; they are counted")
            }
            Ok(()) if was_failing => tracing::info!("traces are delivered again"),
            _ => {}
        }
    }
}

impl<E: SpanExporter + 'static> SpanExporter for CarefulExporter<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        batch.iter_mut().for_each(|span| clean(span, &self.redactor));
        let (next, timeout) = (Arc::clone(&self.next), self.timeout);
        let task = self.runtime.spawn(async move { tokio::time::timeout(timeout, next.export(batch)).await });
        let result = match task.await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(OTelSdkError::Timeout(timeout)),
            Err(error) => Err(OTelSdkError::InternalFailure(error.to_string())),
        };
        self.tally.settle(spans, result.is_ok());
        self.tell(&result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(next) = Arc::get_mut(&mut self.next) {
            next.set_resource(resource);
        }
    }
}

fn clean(span: &mut SpanData, redactor: &Redactor) {
    clean_words(&mut span.name, redactor);
    clean_values(&mut span.attributes, redactor);
    for event in &mut span.events.events {
        clean_words(&mut event.name, redactor);
        clean_values(&mut event.attributes, redactor);
    }
    for link in &mut span.links.links {
        clean_values(&mut link.attributes, redactor);
    }
    if let Status::Error { description } = &mut span.status {
        clean_words(description, redactor);
    }
}

fn clean_words(words: &mut Cow<'static, str>, redactor: &Redactor) {
    if let Cow::Owned(clean) = redactor.clean(words) {
        *words = Cow::Owned(clean);
    }
}

fn clean_values(values: &mut [KeyValue], redactor: &Redactor) {
    for KeyValue { value, .. } in values {
        match value {
            Value::Bool(_) => {}
            Value::Array(Array::String(words)) => {
                for word in words {
                    *word = redactor.clean(word.as_str()).into_owned().into();
                }
            }
            // A secret may be a number.
            value => {
                if let Cow::Owned(clean) = redactor.clean(&value.as_str()) {
                    *value = Value::String(clean.into());
                }
            }
        }
    }
}
