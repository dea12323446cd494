//! What both servers do around every request: a name for it, one line in the log, its trace, and a count of its answer.

use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use balloond_traces::TRACEPARENT;
use tracing::{Instrument, field::Empty};
use uuid::Uuid;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How a server's requests are told of.
pub struct Routes {
    /// What is asked for outside of all routes is called.
    pub unrouted: &'static str,
    /// Those that tell nothing while all is well.
    pub quiet: &'static [&'static str],
}

/// Names the request, lets its log lines carry the name, and tells how it went: method, route, status and milliseconds; never the
/// query, a body or who asked.
///
/// # Errors
///
/// Those of what answers the request.
pub async fn tell<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
    routes: &Routes,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let id = request_id(request.headers().get(REQUEST_ID));
    let parent = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let traced = balloond_traces::served(request.path(), parent);
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), trace_id = Empty);
    if let Some(trace) = balloond_traces::trace_id(&traced) {
        span.record("trace_id", trace);
    }
    let mut answer = next.call(request).instrument(traced.clone()).instrument(span.clone()).await?;
    let _entered = span.enter();
    let route = answer.request().match_pattern();
    let route = route.as_deref().unwrap_or(routes.unrouted);
    let status = answer.status().as_u16();
    let time = started.elapsed();
    balloond_traces::answered(&traced, method.as_str(), route, status);
    balloond_metrics::http::answered(method.as_str(), route, status, time);
    let ms = (time.as_secs_f64() * 1e5).round() / 100.0;
    if routes.quiet.contains(&route) && status < 500 {
        tracing::debug!(%method, route, status, ms, "answered");
    } else {
        tracing::info!(%method, route, status, ms, "answered");
    }
    answer.headers_mut().insert(REQUEST_ID, id);
    Ok(answer)
}

/// The name that a proxy gave, if it is short and plain enough for a log; else a new one.
fn request_id(given: Option<&HeaderValue>) -> HeaderValue {
    let is_sane = |id: &&HeaderValue| {
        (8..=64).contains(&id.len()) && id.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    };
    given.filter(is_sane).cloned().unwrap_or_else(|| {
        let id = Uuid::now_v7().to_string();
        HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unknown"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_name_is_kept_and_another_replaced() {
        let kept = HeaderValue::from_static("edge-7f3a.12");
        assert_eq!(request_id(Some(&kept)), kept);
        for odd in ["", "short", "with space in it", "a\"quoted\"name", &"x".repeat(65)] {
            assert_ne!(request_id(Some(&HeaderValue::from_str(odd).unwrap())), odd);
        }
    }
}
