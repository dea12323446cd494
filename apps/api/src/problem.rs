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
pub async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
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
pub async fn contain_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let answer = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    // The panic hook has logged it.
    answer.unwrap_or_else(|_| Err(Refusal::from(ErrorCode::Internal).into()))
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        middleware::from_fn,
        test::{TestRequest, call_service, init_service, try_call_service},
        web,
    };

    use super::*;

    #[actix_web::test]
    async fn a_bare_error_becomes_a_problem_and_keeps_its_headers() {
        let bare = async || HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, "7")).body("no");
        let app = init_service(App::new().route("/", web::get().to(bare)).wrap(from_fn(answer))).await;
        let answer = call_service(&app, TestRequest::get().uri("/").to_request()).await;
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), PROBLEM_JSON);
        assert_eq!(answer.headers().get(header::RETRY_AFTER).unwrap(), "7");
    }

    #[actix_web::test]
    async fn a_panic_is_a_500_that_says_nothing() {
        let broken = async || -> HttpResponse { panic!("a secret") };
        let app = init_service(App::new().route("/", web::get().to(broken)).wrap(from_fn(contain_panic))).await;
        let Err(error) = try_call_service(&app, TestRequest::get().uri("/").to_request()).await else {
            panic!("it went well")
        };
        let answer = error.error_response();
        assert_eq!(
            (answer.status().as_u16(), answer.headers().get(header::CONTENT_TYPE).unwrap().to_str().unwrap()),
            (500, PROBLEM_JSON)
        );
        assert!(!format!("{:?}", answer.body()).contains("secret"));
    }
}
