//! Every refusal that has no page yet gets one.

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
};
use balloond_shared::{ApiError, ErrorCode};

use super::{answer::status, reply::Reply};
use crate::pages;

/// Shows what went wrong, whether the domain, a route or the server itself refused.
pub async fn show(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    let failed = answer.status().is_client_error() || answer.status().is_server_error();
    let is_page = answer.headers().contains_key(header::CONTENT_SECURITY_POLICY);
    if !failed || is_page {
        return Ok(answer);
    }
    let error = answer
        .response()
        .extensions()
        .get::<ApiError>()
        .cloned()
        .unwrap_or_else(|| ApiError::new(code(answer.status())));
    let (request, old) = answer.into_parts();
    let mut shown = page(&request, &error);
    // What the refusal said besides goes on saying it: `Allow`, for one.
    for (name, value) in old.headers().iter().filter(|(name, _)| *name == header::ALLOW) {
        shown.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(ServiceResponse::new(request, shown))
}

fn page(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    let mut shown = Reply::new(request, "Not this time").status(status(error)).show(|| pages::failure(error));
    if let Some(seconds) = error.retry_after {
        shown.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    shown
}

/// What the server itself refuses with.
fn code(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        413 => ErrorCode::PayloadTooLarge,
        415 => ErrorCode::UnsupportedMediaType,
        422 => ErrorCode::Invalid,
        429 => ErrorCode::RateLimited,
        503 => ErrorCode::Unavailable,
        _ if status.is_client_error() => ErrorCode::Malformed,
        _ => ErrorCode::Internal,
    }
}
