//! Hears what is logged as an error, and the name of the request that it happened in.

use tokio::sync::mpsc;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use crate::{Source, event::envelope, sender::Queue};

/// The layer; see [`crate::start`].
pub struct Faults {
    source: Source,
    queue: Queue,
}

impl Faults {
    pub(crate) const fn new(source: Source, queue: Queue) -> Self {
        Self { source, queue }
    }
}

/// A request's name, kept with its span.
struct RequestId(String);

impl Visit for RequestId {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "id" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Faults {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() == "request"
            && let Some(span) = context.span(id)
        {
            let mut request = RequestId(String::new());
            attributes.record(&mut request);
            span.extensions_mut().insert(request);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR || !self.queue.admits() {
            return;
        }
        let request = context
            .event_scope(event)
            .into_iter()
            .flatten()
            .find_map(|span| span.extensions().get::<RequestId>().map(|request| request.0.clone()));
        let report = envelope(&self.source, event, request.as_deref(), self.queue.dropped());
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.send(report) {
            self.queue.drop_one();
        }
    }
}
