//! Calls of the JSON API: with the session's cookies, refreshed once when the access token has run out.

use std::cell::OnceCell;

use balloond_shared::{
    ApiError, ClientId, ErrorCode,
    traceparent::{TRACEPARENT, Traceparent},
};
use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// An answer takes this long at most; then the outcome is unknown.
const TIMEOUT_MS: u32 = 15_000;

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: it is not known whether it was done.
    Unreachable,
    /// The answer was no.
    Refused(Box<ApiError>),
}

impl Failure {
    /// Worth repeating as it is: nothing answered, or only for now was it refused.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused(error) => error.status >= 500 || error.code == ErrorCode::RateLimited,
        }
    }

    /// Milliseconds that the server asked to wait.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u32> {
        match self {
            Self::Refused(error) => u32::try_from(error.retry_after?.saturating_mul(1000)).ok(),
            Self::Unreachable => None,
        }
    }

    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::Unreachable => None,
        }
    }

    /// What to tell a person: the first field's sentence, where a field is at fault.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable => "Balloon’d could not be reached. Check the connection, then try again.".to_owned(),
            Self::Refused(error) => error.errors.0.first().map_or(&error.title, |field| &field.message).clone(),
        }
    }
}

thread_local! {
    static BASE: OnceCell<String> = const { OnceCell::new() };
}

/// The address of a call, `path` beginning with a slash.
#[must_use]
pub fn address(path: &str) -> String {
    let base = BASE.with(|base| base.get_or_init(|| super::meta("api").unwrap_or_default()).clone());
    format!("{base}/api/v1{path}")
}

pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    ask("GET", path, None).await
}

pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    ask("POST", path, Some(encode(body))).await
}

/// A call of any method.
pub async fn ask<T: DeserializeOwned>(method: &str, path: &str, body: Option<String>) -> Result<T, Failure> {
    decode(&call(method, path, body).await?)
}

/// A call whose answer says nothing more than that it was done.
pub async fn tell(method: &str, path: &str, body: Option<String>) -> Result<(), Failure> {
    call(method, path, body).await.map(drop)
}

/// A body for [`tell`].
#[must_use]
pub fn encode(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// Exchanges the refresh cookie for new ones. Refused: the session is over.
pub async fn refresh() -> Result<(), Failure> {
    call_once("POST", "/auth/refresh", None).await.map(drop)
}

async fn call(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    match call_once(method, path, body.clone()).await {
        Err(failure) if failure.code() == Some(ErrorCode::Unauthenticated) => {
            refresh().await?;
            call_once(method, path, body).await
        }
        outcome => outcome,
    }
}

/// The HTML of a page of ours; `None` when it is not to be had now.
pub async fn page(address: &str) -> Option<String> {
    exchange("GET", address, None).await.ok().and_then(|(status, html)| (status == 200).then_some(html))
}

async fn call_once(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    let (status, text) = exchange(method, &address(path), body).await.map_err(|_| Failure::Unreachable)?;
    if status >= 500 {
        super::tell_fault("request", &format!("{method} {path} {status}"));
    }
    if (200..300).contains(&status) { Ok(text) } else { Err(refusal(status, &text)) }
}

/// For a request with which a trace begins, where the page says that there are any.
pub(super) fn begin_trace() -> Option<String> {
    super::meta("traces")?;
    // Ids are as good as random, and can be made here already.
    let random = || ClientId::new().as_uuid().as_u128();
    Some(Traceparent::begin(random(), random() as u64).to_string())
}

async fn exchange(method: &str, address: &str, body: Option<String>) -> Result<(u16, String), JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_credentials(web_sys::RequestCredentials::Include);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    let headers = web_sys::Headers::new()?;
    if let Some(trace) = begin_trace() {
        headers.set(TRACEPARENT, &trace)?;
    }
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        init.set_body(&body.into());
    }
    init.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &init)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// A refusal that is no problem+json comes from something between us and the API.
#[must_use]
pub fn refusal(status: u16, text: &str) -> Failure {
    let error = serde_json::from_str(text).unwrap_or_else(|_| {
        let code = match status {
            401 => ErrorCode::Unauthenticated,
            413 => ErrorCode::PayloadTooLarge,
            429 => ErrorCode::RateLimited,
            _ => ErrorCode::Unavailable,
        };
        ApiError::new(code)
    });
    Failure::Refused(Box::new(error))
}

/// Reads what the server wrote.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Refused(Box::new(ApiError::new(ErrorCode::Internal))))
}
