//! `RateLimit` and `RateLimit-Policy` (`draft-ietf-httpapi-ratelimit-headers`): what a request counted against, and what is left.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use balloond_cache::{RateDecision, RateLimit};
use balloond_domain::limits;

pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Tells on the answer what was counted.
pub async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (answer, counted) = limits::counting(next.call(request)).await;
    let mut answer = answer?;
    for (name, value) in [(RATE_LIMIT_POLICY, list(&counted, policy)), (RATE_LIMIT, list(&counted, left))] {
        if !counted.is_empty()
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

type Counted = (RateLimit, RateDecision);

fn list(counted: &[Counted], item: fn(&Counted) -> String) -> String {
    counted.iter().map(item).collect::<Vec<_>>().join(", ")
}

/// So many (`q`) in so many seconds (`w`).
fn policy((limit, _): &Counted) -> String {
    format!("\"{}\";q={};w={}", limit.name, limit.burst, limit.per.as_secs())
}

/// So many are left (`r`), and in so many seconds (`t`) there are more: all of them, or the next one where none is left.
fn left((limit, decision): &Counted) -> String {
    let more = if decision.allowed { decision.reset_after } else { decision.retry_after };
    format!("\"{}\";r={};t={}", limit.name, decision.remaining, more.as_secs_f64().ceil())
}
