//! Traces, sent to a collector that speaks OpenTelemetry's protocol: what a request did here, in the database, and in the processes
//! that heard of it. Without an endpoint nothing of this runs: no layer is there, and a span costs a comparison.
//!
//! A span of a trace is one of ours at the level `TRACE`, below one that begins here ([`served`], [`delivered`], [`worked`]). It has a
//! name and what is listed where it is made: never a value of a statement, an address, a body or who asked.

mod collector;
mod root;
mod sending;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Metadata, Span, level_filters::LevelFilter, subscriber::Interest};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    Layer, Registry,
    filter::dynamic_filter_fn,
    layer::{Context, Filter},
};
use uuid::Uuid;

pub use balloond_shared::traceparent::{TRACEPARENT, TRACEPARENT_LENGTH, Traceparent};
pub use collector::{Collector, parse_headers, parse_ratio};
pub use root::{answered, delivered, failed, served, worked};

/// The share of new traces that are kept, once they are.
static KEPT: OnceLock<f64> = OnceLock::new();

/// What every span says about where it happened.
#[derive(Clone, Debug)]
pub struct Source {
    /// `balloond-api`, `balloond-web`, …
    pub service: String,
    pub release: String,
    /// `production`, `staging`, …
    pub environment: String,
}

/// The exporter could not be made.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent: {0}")]
pub struct StartError(#[from] ExporterBuildError);

/// Sends what is left when the process ends.
#[derive(Clone, Debug)]
pub struct Handle(Arc<SdkTracerProvider>);

impl Handle {
    /// Returns when the spans so far are sent or given up, or `limit` is over. Nothing is sent afterwards.
    pub async fn flush(&self, limit: Duration) {
        let provider = Arc::clone(&self.0);
        // It blocks, and what it waits for is sent by this runtime.
        let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(limit)).await;
    }
}

/// Begins to trace: the layer goes into the subscriber, the handle sends the last spans at the end. Once a process; needs a Tokio
/// runtime. Spans are sent in batches by a thread of their own; those for which its queue has no room are dropped.
///
/// # Errors
///
/// When the collector's address or a header cannot be used.
pub fn start(
    collector: &Collector,
    source: Source,
) -> Result<(impl Layer<Registry> + Send + Sync, Handle), StartError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_http_client(sending::Client::new())
        .with_endpoint(format!("{}/v1/traces", collector.endpoint))
        .with_headers(collector.headers.iter().cloned().collect())
        .with_timeout(sending::PATIENCE)
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(collector.ratio))))
        .with_resource(resource(source))
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("balloond"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(filter());
    let _ = KEPT.set(collector.ratio);
    Ok((layer, Handle(Arc::new(provider))))
}

fn resource(source: Source) -> Resource {
    Resource::builder()
        .with_service_name(source.service)
        .with_attributes([
            KeyValue::new("service.version", source.release),
            KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
            KeyValue::new("deployment.environment.name", source.environment),
        ])
        .build()
}

/// No events, no spans of libraries, and no trace of what the process does by itself.
fn filter() -> impl Filter<Registry> + Send + Sync + 'static {
    let looks = |metadata: &'static Metadata<'static>| {
        if is_ours(metadata) { Interest::sometimes() } else { Interest::never() }
    };
    let is_traced = |metadata: &Metadata<'_>, context: &Context<'_, Registry>| {
        is_ours(metadata) && (begins(metadata) || context.lookup_current().is_some())
    };
    dynamic_filter_fn(is_traced).with_callsite_filter(looks).with_max_level_hint(LevelFilter::TRACE)
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() == tracing::Level::TRACE && metadata.target().starts_with("balloond")
}

fn begins(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}

/// Whether anything is traced in this process.
#[must_use]
pub fn is_on() -> bool {
    KEPT.get().is_some()
}

/// Where the current span's trace goes on, if it is kept: for the process that hears of what happens now.
#[must_use]
pub fn current() -> Option<Traceparent> {
    if is_on() { of(&Span::current()) } else { None }
}

fn of(span: &Span) -> Option<Traceparent> {
    let context = span.context();
    let context = context.span().span_context().clone();
    (context.is_valid() && context.is_sampled()).then(|| Traceparent {
        trace: u128::from_be_bytes(context.trace_id().to_bytes()),
        span: u64::from_be_bytes(context.span_id().to_bytes()),
        sampled: true,
    })
}

/// The name of a span's trace, as log lines carry it; none where it is not kept.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() { None } else { of(span).map(|traceparent| format!("{:032x}", traceparent.trace)) }
}
