use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use resilience::{Failure, Idempotency, Kind, Policy, PolicyError};
use tokio::runtime::Handle;

use super::processor::{Outcome, Tally};
use crate::redact::Redactor;

/// Takes secrets out of spans, delivers them through a policy, and counts what became of them.
#[derive(Debug)]
pub(super) struct CarefulExporter<E: SpanExporter> {
    /// Shared with deliveries under way; its resource is set before the first of them.
    next: Arc<E>,
    runtime: Handle,
    policy: Policy,
    redactor: Redactor,
    tally: Arc<Tally>,
}

/// A batch that did not reach the collector.
#[derive(Debug)]
struct Undelivered(OTelSdkError);

impl fmt::Display for Undelivered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Failure for Undelivered {
    /// The exporter's words are not to be decided by, so whatever is no timeout may pass.
    fn kind(&self) -> Kind {
        match self.0 {
            OTelSdkError::Timeout(_) => Kind::TimedOut,
            OTelSdkError::AlreadyShutdown => Kind::Rejected,
            OTelSdkError::InternalFailure(_) => Kind::Transient,
        }
    }
}

type Delivered = Result<(), PolicyError<Undelivered>>;

impl<E: SpanExporter + 'static> CarefulExporter<E> {
    pub(super) fn new(
        next: E,
        runtime: Handle,
        policy: Policy,
        redactor: Redactor,
        tally: Arc<Tally>,
    ) -> Self {
        Self { next: Arc::new(next), runtime, policy, redactor, tally }
    }

    /// On the exporter's own runtime. A collector tells repeated spans by their numbers.
    async fn deliver(&self, batch: Vec<SpanData>) -> Delivered {
        let (next, policy) = (Arc::clone(&self.next), self.policy.clone());
        let export = move |_| {
            let (next, batch) = (Arc::clone(&next), batch.clone());
            async move { next.export(batch).await.map_err(Undelivered) }
        };
        let task = self.runtime.spawn(async move { policy.call(Idempotency::Idempotent, export).await });
        let broken = |error: tokio::task::JoinError| OTelSdkError::InternalFailure(error.to_string());
        task.await.unwrap_or_else(|error| Err(PolicyError::Failed(Undelivered(broken(error)))))
    }

    /// Tells it when deliveries begin to fail or work again.
    fn tell(&self, delivered: &Delivered) {
        let was_failing = self.tally.is_failing.swap(delivered.is_err(), Ordering::Relaxed);
        match delivered {
            Err(error) if !was_failing => {
                tracing::warn!(%error, "traces cannot be delivered; they are counted")
            }
            Ok(()) if was_failing => tracing::info!("traces are delivered again"),
            _ => {}
        }
    }
}

impl Outcome {
    /// What the policy kept back was dropped here: nobody was asked.
    fn of(delivered: &Delivered) -> Self {
        match delivered {
            Ok(()) => Self::Exported,
            Err(error) if error.is_refusal() => Self::Dropped,
            Err(_) => Self::Failed,
        }
    }
}

impl<E: SpanExporter + 'static> SpanExporter for CarefulExporter<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        batch.iter_mut().for_each(|span| clean(span, &self.redactor));
        let delivered = self.deliver(batch).await;
        self.tally.settle(spans, Outcome::of(&delivered));
        self.tell(&delivered);
        delivered.map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
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
