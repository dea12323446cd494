//! Why a route has no page of its own to show.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError, body::BoxBody, http::Method, http::StatusCode, http::header,
};
use balloond_shared::{ApiError, ErrorCode};

use super::next::{encode_query, own_path};

/// A refusal of the domain, or the way to the log-in.
#[derive(Debug)]
pub enum Refusal {
    LogInFirst {
        next: Option<String>,
    },
    /// The way to where they read why.
    Suspended,
    Domain(balloond_domain::Error),
}

impl Refusal {
    /// Whoever asked for a page comes back to it.
    pub fn log_in_first(request: &HttpRequest) -> Self {
        let asked = request.uri().path_and_query().map(ToString::to_string);
        let next = asked.filter(|path| *request.method() == Method::GET && own_path(path).is_some());
        Self::LogInFirst { next }
    }
}

impl From<balloond_domain::Error> for Refusal {
    fn from(error: balloond_domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::Domain(code.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogInFirst { .. } => f.write_str("not signed in"),
            Self::Suspended => f.write_str("suspended"),
            Self::Domain(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.error_response().status()
    }

    /// The page for it is made where all of them are made: the error rides along.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Self::LogInFirst { next } => {
                let path = next
                    .as_ref()
                    .map_or_else(|| "/login".to_owned(), |next| format!("/login?next={}", encode_query(next)));
                HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
            }
            Self::Suspended => HttpResponse::SeeOther().insert_header((header::LOCATION, "/suspended")).finish(),
            Self::Domain(error) => refused(error.to_api()),
        }
    }
}

fn refused(error: ApiError) -> HttpResponse<BoxBody> {
    let mut answer = HttpResponse::new(status(&error));
    answer.extensions_mut().insert(error);
    answer
}

/// The status of an error, as HTTP's own type.
pub fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
