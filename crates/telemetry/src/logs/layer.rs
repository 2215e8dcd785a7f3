use std::sync::Arc;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::line::{Fields, Line};
use super::outlets::Outlets;
use super::visit::Said;

/// Makes lines of events.
pub(super) struct LineLayer(pub(super) Arc<Outlets>);

/// What a span said of itself, kept with it.
struct SpanFields(Fields);

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for LineLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut said = Said::default();
        attributes.record(&mut said);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields(said.fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut said = Said::default();
        values.record(&mut said);
        if let Some(span) = context.span(id)
            && let Some(SpanFields(fields)) = span.extensions_mut().get_mut()
        {
            fields.overlay(&said.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        let mut fields = said.fields;
        for span in context.event_span(event).into_iter().flat_map(|span| span.scope()) {
            if let Some(SpanFields(outer)) = span.extensions().get() {
                fields.underlay(outer);
            }
        }
        self.0.write(Line {
            time: self.0.now(),
            level: *event.metadata().level(),
            target: event.metadata().target(),
            message: said.message,
            fields,
        });
    }
}
