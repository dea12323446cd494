//! A refusal on its way out: RFC 9457 problem+json. The status comes from the code's own table in `shared`.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use balloond_domain::Error;
use balloond_shared::{ApiError, ErrorCode, FieldErrors};

/// What a handler answers, or why it does not.
pub type Answer<T> = Result<T, Refusal>;

pub const PROBLEM_JSON: &str = "application/problem+json";

/// An [`ApiError`] that actix can answer with.
#[derive(Debug)]
pub struct Refusal(pub ApiError);

impl Refusal {
    pub fn invalid(errors: FieldErrors) -> Self {
        Self(ApiError::invalid(errors))
    }

    /// Too much at once in this process; a moment later there is room again.
    pub fn busy() -> Self {
        Self(ApiError::new(ErrorCode::Unavailable).retry_after(2))
    }

    /// The refusal for an answer that something beneath us gave with a bare status.
    pub fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
            StatusCode::FORBIDDEN => ErrorCode::Forbidden,
            StatusCode::NOT_FOUND => ErrorCode::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
            status if status.is_client_error() => ErrorCode::Malformed,
            _ => ErrorCode::Internal,
        };
        code.into()
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self(ApiError::new(code))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error.to_api())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.code)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut answer = HttpResponse::build(status);
        answer.content_type(PROBLEM_JSON);
        if let Some(seconds) = self.0.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 11.6.1: a 401 names how to authenticate.
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if self.0.code == ErrorCode::InsufficientScope {
            // RFC 6750, 3.1.
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\""));
        }
        match serde_json::to_vec(&self.0) {
            Ok(problem) => answer.body(problem),
            Err(_) => answer.finish(),
        }
    }
}
