//! Calls of the JSON API: with the session's cookies, refreshed once when the access token has run out.

use std::{cell::OnceCell, future::Future, pin::Pin};

use balloond_shared::{
    ClientId, ErrorCode,
    traceparent::{TRACEPARENT, Traceparent},
};
use leptos::prelude::window;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::json::{self, Json, Read};

/// An answer takes this long at most; then the outcome is unknown.
const TIMEOUT_MS: u32 = 15_000;

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: it is not known whether it was done.
    Unreachable,
    /// The answer was no.
    Refused { status: u16, refusal: Refusal },
}

/// What is told of a refusal; of an `ApiError` what the browser needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For a person: the first field's, where a field is at fault.
    sentence: String,
    /// Seconds.
    retry_after: Option<i64>,
}

impl Read for Refusal {
    fn read(json: &Json) -> Option<Self> {
        let faults = json.maybe::<Vec<Fault>>("errors")?.unwrap_or_default();
        let sentence = match faults.into_iter().next() {
            Some(Fault(sentence)) => sentence,
            None => json.get("title")?,
        };
        Some(Self { sentence, retry_after: json.maybe("retry_after")? })
    }
}

/// What is wrong with a field.
struct Fault(String);

impl Read for Fault {
    fn read(json: &Json) -> Option<Self> {
        json.get("message").map(Self)
    }
}

impl Failure {
    /// Worth repeating as it is: nothing answered, or only for now was it refused.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Refused { status, .. } => *status >= 500 || *status == ErrorCode::RateLimited.status(),
        }
    }

    /// The session is over, or its access token.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == ErrorCode::Unauthenticated.status())
    }

    /// Milliseconds that the server asked to wait.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u32> {
        match self {
            Self::Refused { refusal, .. } => u32::try_from(refusal.retry_after?.saturating_mul(1000)).ok(),
            Self::Unreachable => None,
        }
    }

    /// What to tell a person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable => "Balloon’d could not be reached. Check the connection, then try again.".to_owned(),
            Self::Refused { refusal, .. } => refusal.sentence.clone(),
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

pub async fn get<T: Read>(path: &str) -> Result<T, Failure> {
    ask("GET", path, None).await
}

pub async fn post<T: Read>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    ask("POST", path, Some(encode(body))).await
}

/// A call of any method.
pub async fn ask<T: Read>(method: &str, path: &str, body: Option<String>) -> Result<T, Failure> {
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

/// Boxed, so that the code of a call is not part of each of its callers.
fn call(method: &str, path: &str, body: Option<String>) -> Pin<Box<dyn Future<Output = Result<String, Failure>>>> {
    let (method, path) = (method.to_owned(), path.to_owned());
    Box::pin(async move {
        match call_once(&method, &path, body.clone()).await {
            Err(failure) if failure.is_signed_out() => {
                refresh().await?;
                call_once(&method, &path, body).await
            }
            outcome => outcome,
        }
    })
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
    let refusal = json::read(text).unwrap_or_else(|| {
        let sentence = match status {
            401 => const { ErrorCode::Unauthenticated.sentence() },
            413 => const { ErrorCode::PayloadTooLarge.sentence() },
            429 => const { ErrorCode::RateLimited.sentence() },
            _ => const { ErrorCode::Unavailable.sentence() },
        };
        Refusal { sentence: sentence.to_owned(), retry_after: None }
    });
    Failure::Refused { status, refusal }
}

/// An answer that cannot be read is as good as none.
pub(super) fn decode<T: Read>(text: &str) -> Result<T, Failure> {
    json::read(text).ok_or_else(|| {
        let sentence = const { ErrorCode::Internal.sentence() }.to_owned();
        Failure::Refused { status: 500, refusal: Refusal { sentence, retry_after: None } }
    })
}
