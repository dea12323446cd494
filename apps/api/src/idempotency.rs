//! `Idempotency-Key`: a POST of somebody signed in is done once, however often it is sent.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::{MessageBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header, header::HeaderName},
    middleware::Next,
    rt, web,
};
use balloond_domain::{
    Services, Viewer,
    idempotency::{self, Fingerprint, Kept, Key, Turn},
};
use balloond_shared::ErrorCode;
use tracing::Instrument;

use crate::{
    extract::{Signed, read_body},
    refusal::Refusal,
};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that is a repeat.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What is answered here holds secrets, which are not kept: tokens, the app's secret, recovery codes.
const SECRET: [&str; 4] = ["/api/v1/auth/", "/api/v1/me/passkeys/begin", "/api/v1/me/second-step", "/api/v1/me/tokens"];

/// Whether a POST of somebody signed in, to this path, may carry a key.
pub fn takes_keys(path: &str) -> bool {
    !SECRET.iter().any(|secret| path.starts_with(secret))
}

/// Does a request with a key once and repeats its answer, where keys are taken.
pub async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let has_key = request.headers().contains_key(IDEMPOTENCY_KEY);
    if request.method() != Method::POST || !has_key || !takes_keys(request.path()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let Ok(Signed(viewer, _)) = request.extract::<Signed>().await else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let answer = match turn(&mut request, viewer).await {
        Ok((key, Turn::First)) => {
            // A client that goes away does not take the rest of the work with it, nor the keeping of its answer.
            let work = rt::spawn(first(request, next, viewer, key).in_current_span());
            return Ok(work.await.map_err(|_| Refusal::from(ErrorCode::Internal))??.map_into_right_body());
        }
        Ok((_, Turn::Again(kept))) => repeat(kept),
        Err(refusal) => refusal.error_response(),
    };
    Ok(request.into_response(answer).map_into_right_body())
}

async fn turn(request: &mut ServiceRequest, viewer: Viewer) -> Result<(Key, Turn), Refusal> {
    let key = request.headers().get(IDEMPOTENCY_KEY).ok_or(ErrorCode::Internal)?;
    let key = Key::parse(key.as_bytes())?;
    let fingerprint = fingerprint(request).await?;
    let turn = idempotency::claim(services(request.request())?, viewer, &key, fingerprint).await?;
    Ok((key, turn))
}

/// A form is told apart by its size: a client draws another boundary for each try. Every other body by its bytes.
async fn fingerprint(request: &mut ServiceRequest) -> Result<Fingerprint, Refusal> {
    let is_form = request.content_type().starts_with("multipart/");
    let body = if is_form {
        let length = request.headers().get(header::CONTENT_LENGTH);
        web::Bytes::copy_from_slice(length.map_or(&[], header::HeaderValue::as_bytes))
    } else {
        let body = read_body(request.take_payload()).await?;
        request.set_payload(Payload::from(body.clone()));
        body
    };
    Ok(Fingerprint::of(&[request.path().as_bytes(), request.query_string().as_bytes(), &body]))
}

/// Does it, and keeps what is answered if it was done.
async fn first(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    viewer: Viewer,
    key: Key,
) -> Result<ServiceResponse, actix_web::Error> {
    let services = services(request.request())?.clone();
    let (request, answer) = next.call(request).await?.into_parts();
    let (answer, body) = answer.into_parts();
    let body = to_bytes(body).await.map_err(|_| Refusal::from(ErrorCode::Internal))?;
    let kept = if answer.status().is_success() {
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let (status, content_type) = (answer.status().as_u16(), content_type.map(ToOwned::to_owned));
        idempotency::keep(&services, viewer, &key, Kept { status, content_type, body: body.to_vec() }).await
    } else {
        idempotency::release(&services, viewer, &key).await
    };
    if let Err(error) = kept {
        // What was done is done, and its answer is the client's; only a repeat would be told to wait.
        tracing::warn!(%error, "an answer was not kept");
    }
    Ok(ServiceResponse::new(request, answer.set_body(body).map_into_boxed_body()))
}

fn repeat(kept: Kept) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK));
    answer.insert_header((REPLAYED, "true"));
    if let Some(content_type) = kept.content_type {
        answer.content_type(content_type);
    }
    answer.body(kept.body)
}

fn services(request: &HttpRequest) -> Result<&Services, Refusal> {
    Ok(request.app_data::<web::Data<Services>>().ok_or(ErrorCode::Internal)?)
}
