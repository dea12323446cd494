//! A typed client of the API, of the types that the API itself is made of.
//!
//! It does what it is told once: when to refresh a token, to try again or to come back to a socket is the caller's to decide, with
//! [`Error`] saying why something brought nothing.

mod calls;
mod realtime;

use std::sync::Arc;

use reqwest::{Method, Url, header::CONTENT_TYPE};
use serde::{Serialize, de::DeserializeOwned};

pub use balloond_shared as shared;
use balloond_shared::ApiError;
pub use calls::LoggedIn;
pub use realtime::Realtime;
pub use reqwest;

/// The way to one API, as nobody or as whoever a token says. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Ends with a slash.
    api: Url,
    token: Option<Token>,
}

/// Keeps itself out of logs.
#[derive(Clone)]
struct Token(Arc<str>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API said no: see its `code`, its `errors` and, where it says not now, `retry_after`.
    #[error("refused: {}", .0.title)]
    Refused(Box<ApiError>),
    /// Nobody answered: it is not known whether it was done.
    #[error("there was no answer: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// What came is nothing that the API says; a proxy, perhaps.
    #[error("an answer of {status} cannot be read")]
    Unreadable { status: u16 },
    /// The socket could not be opened, or is gone.
    #[error("the socket failed: {0}")]
    Socket(#[source] Box<tokio_tungstenite::tungstenite::Error>),
    /// The socket was closed with this code; 4401 says that the session or the token ended.
    #[error("the socket was closed with {0}")]
    Closed(u16),
}

impl Client {
    /// To the API of an origin, such as `https://balloond.example`.
    ///
    /// # Errors
    ///
    /// When this is no address, or TLS cannot be set up.
    pub fn new(origin: &str) -> Result<Self, Error> {
        Self::over(origin, reqwest::Client::builder().build().map_err(Error::Unreachable)?)
    }

    /// The same, over connections with settings of the caller's: time limits, proxies, headers.
    ///
    /// # Errors
    ///
    /// When this is no address.
    pub fn over(origin: &str, http: reqwest::Client) -> Result<Self, Error> {
        let api = format!("{}/api/v1/", origin.trim_end_matches('/'));
        // Building a request is how reqwest tells that an address is none.
        let api = http.get(&api).build().map_err(Error::Unreachable)?.url().clone();
        Ok(Self { http, api, token: None })
    }

    /// The same as whoever this token says: an access token, or one that was made for a program.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(Token(token.into())), ..self.clone() }
    }

    /// Calls what has no function of its own here. `path` is relative to `/api/v1/`.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Result<T, Error> {
        let (status, text) = self.ask(method, path, body).await?;
        // An answer without a body is `()`.
        let text: &[u8] = if text.is_empty() { b"null" } else { &text };
        serde_json::from_slice(text).map_err(|_| Error::Unreadable { status })
    }

    /// The status of success, and the body.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Result<(u16, Vec<u8>), Error> {
        let mut request = self.http.request(method, format!("{}{}", self.api, path.trim_start_matches('/')));
        if let Some(Token(token)) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            // What is sent is made of the shared types, which always can be.
            let body = serde_json::to_vec(body).unwrap_or_default();
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let answer = request.send().await.map_err(Error::Unreachable)?;
        let status = answer.status();
        let text = answer.bytes().await.map_err(Error::Unreachable)?;
        if status.is_success() {
            return Ok((status.as_u16(), text.into()));
        }
        Err(match serde_json::from_slice(&text) {
            Ok(refusal) => Error::Refused(Box::new(refusal)),
            Err(_) => Error::Unreadable { status: status.as_u16() },
        })
    }
}
