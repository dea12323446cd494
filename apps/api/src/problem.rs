//! Nothing but problem+json goes out where something went wrong: not from actix itself, not from a panic.

use std::panic::AssertUnwindSafe;

use actix_web::{
    ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};
use balloond_shared::ErrorCode;
use futures_util::FutureExt;

use crate::refusal::{PROBLEM_JSON, Refusal};

/// Gives every error answer that is not one yet the shape of a [`Refusal`], keeping its headers.
pub async fn answer(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let answer = next.call(request).await?;
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_ours = kind.is_some_and(|kind| kind == PROBLEM_JSON || kind == "application/json");
    if !(status.is_client_error() || status.is_server_error()) || is_ours {
        return Ok(answer.map_into_left_body());
    }
    let (request, response) = answer.into_parts();
    let mut problem = Refusal::of_status(status).error_response();
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING].contains(name) {
            problem.headers_mut().append(name.clone(), value.clone());
        }
    }
    Ok(ServiceResponse::new(request, problem).map_into_right_body())
}

/// Turns a panic into a 500: the connection and its neighbours live on.
pub async fn contain_panic(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    AssertUnwindSafe(next.call(request)).catch_unwind().await.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        tracing::error!(panic = said.unwrap_or("unknown"), "a request panicked");
        Err(Refusal::from(ErrorCode::Internal).into())
    })
}
