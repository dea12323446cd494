use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    rt::time::timeout,
    web::{Bytes, BytesMut},
};
use balloond_shared::{ErrorCode, FieldErrors};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;

/// Bytes of a JSON body at most.
const LIMIT: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A JSON body: 415 for another type, 413 beyond 64 KiB, 400 for what is no JSON, 422 where a field is missing or of another type.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

/// The same, or no body at all.
#[derive(Debug)]
pub struct MaybeJsonBody<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest for JsonBody<T> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (is_json, payload) = (is_json(request), payload.take());
        Box::pin(async move {
            if !is_json {
                return Err(ErrorCode::UnsupportedMediaType.into());
            }
            parse(&read(payload).await?).map(Self)
        })
    }
}

impl<T: DeserializeOwned> FromRequest for MaybeJsonBody<T> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (is_json, payload) = (is_json(request), payload.take());
        Box::pin(async move {
            match read(payload).await? {
                body if body.is_empty() => Ok(Self(None)),
                _ if !is_json => Err(ErrorCode::UnsupportedMediaType.into()),
                body => parse(&body).map(|body| Self(Some(body))),
            }
        })
    }
}

/// `application/json`, or a type built on it (RFC 6838, 4.2.8).
fn is_json(request: &HttpRequest) -> bool {
    let essence = request.content_type().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// All of a small body: 413 beyond 64 KiB. Whoever takes too long for so little holds a connection and nothing else.
pub async fn read(payload: Payload) -> Result<Bytes, Refusal> {
    timeout(PATIENCE, read_all(payload)).await.map_err(|_| ErrorCode::Malformed)?
}

async fn read_all(mut payload: Payload) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => ErrorCode::PayloadTooLarge,
            _ => ErrorCode::Malformed,
        })?;
        if body.len() + chunk.len() > LIMIT {
            return Err(ErrorCode::PayloadTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refuse(&error))?;
    json.end().map_err(|_| ErrorCode::Malformed)?;
    Ok(value)
}

/// What is no JSON is malformed; JSON of another shape is invalid, and its field is named.
fn refuse(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    if !error.inner().is_data() {
        return ErrorCode::Malformed.into();
    }
    let message = error.inner().to_string();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let path = error.path().to_string();
    Refusal::invalid(match (missing, path.as_str()) {
        (Some(field), ".") => FieldErrors::one(field, "required", "This is needed."),
        (Some(field), parent) => FieldErrors::one(&format!("{parent}.{field}"), "required", "This is needed."),
        (None, ".") => FieldErrors::one("", "malformed", "A JSON object is expected here."),
        (None, field) => FieldErrors::one(field, "malformed", "This is not of the kind that is expected here."),
    })
}

#[cfg(test)]
mod tests {
    use balloond_shared::{auth::Login, chat::SendMessage};

    use super::*;

    fn refused<T: DeserializeOwned>(body: &str) -> (ErrorCode, FieldErrors) {
        let Err(Refusal(error)) = parse::<T>(body.as_bytes()) else { panic!("{body} was read") };
        (error.code, error.errors)
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for body in ["", "{", "nonsense", r#"{"email": "a", "password": "b"} and more"#, "\u{FEFF}{}"] {
            assert_eq!(refused::<Login>(body), (ErrorCode::Malformed, FieldErrors::default()), "{body}");
        }
    }

    #[test]
    fn json_of_another_shape_is_invalid_and_names_its_field() {
        let code =
            |body| refused::<Login>(body).1.0.first().map(|error| (error.field.clone(), error.code.clone())).unwrap();
        assert_eq!(code("{}"), ("email".to_owned(), "required".to_owned()));
        assert_eq!(code(r#"{"email": "a"}"#), ("password".to_owned(), "required".to_owned()));
        assert_eq!(code(r#"{"email": 1, "password": "b"}"#), ("email".to_owned(), "malformed".to_owned()));
        assert_eq!(code("17").1, "malformed");
    }

    #[test]
    fn an_id_that_is_none_is_named() {
        let (code, errors) = refused::<SendMessage>(r#"{"client_id": "7", "body": "hi"}"#);
        assert_eq!((code, errors.0[0].field.as_str()), (ErrorCode::Invalid, "client_id"));
    }
}
