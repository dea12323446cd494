//! The spans with which a trace begins in this process, or goes on.

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use tracing::{Span, field::Empty, trace_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{KEPT, Traceparent, is_on};

/// A request. The trace that `traceparent` names goes on, if it names one: anybody may write it, so whether the trace is kept is decided
/// here, by chance, whatever it asks for. None while nothing is traced, and for a path of those who look whether we live.
#[must_use]
pub fn served(path: &str, traceparent: Option<&str>) -> Span {
    if !is_on() || matches!(path, "/healthz" | "/readyz") {
        return Span::none();
    }
    let span = trace_span!("request", otel.kind = "server", otel.status_code = Empty);
    if let Some(parent) = traceparent.and_then(|text| text.parse().ok()) {
        let sampled = rand::random::<f64>() < KEPT.get().copied().unwrap_or_default();
        go_on(&span, Traceparent { sampled, ..parent });
    }
    span
}

/// What became of it. `route` is the pattern, not the path.
pub fn answered(span: &Span, method: &str, route: &str, status: u16) {
    if span.is_disabled() {
        return;
    }
    let method = match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method.to_owned(),
        _ => "_OTHER".to_owned(),
    };
    // It began before its route was known.
    span.context().span().update_name(format!("{method} {route}"));
    span.set_attribute("http.request.method", method);
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        failed(span);
    }
}

/// An event on its way to the sockets here, of the process that said so.
#[must_use]
pub fn delivered(parent: Traceparent) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = trace_span!("deliver", otel.kind = "consumer");
    go_on(&span, parent);
    span
}

/// A job, in the trace of what made it necessary if that is known.
#[must_use]
pub fn worked(task: &str, parent: Option<Traceparent>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = trace_span!("job", otel.kind = "consumer", otel.name = task, otel.status_code = Empty);
    if let Some(parent) = parent {
        go_on(&span, parent);
    }
    span
}

/// What the span stands for was not done.
pub fn failed(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

fn go_on(span: &Span, Traceparent { trace, span: parent, sampled }: Traceparent) {
    let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace, parent) = (TraceId::from_bytes(trace.to_be_bytes()), SpanId::from_bytes(parent.to_be_bytes()));
    let parent = SpanContext::new(trace, parent, flags, true, TraceState::default());
    // It has not begun yet.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}
