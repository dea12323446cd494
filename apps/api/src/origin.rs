//! Who may change something from a browser: pages of our own origins.

use actix_web::{
    ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header, header::HeaderName},
    middleware::Next,
};
use balloond_shared::ErrorCode;

use crate::{refusal::Refusal, settings::Settings};

/// The origins that browsers may call from: the web's, and our own (the docs page).
#[derive(Clone, Debug)]
pub struct Origins {
    web: String,
    api: String,
}

/// What a request says about where it comes from.
#[derive(Clone, Copy, Debug, Default)]
struct Provenance<'a> {
    origin: Option<&'a str>,
    /// `Sec-Fetch-Site`: said by the browser, out of a page's reach.
    fetch_site: Option<&'a str>,
    has_cookie: bool,
}

impl Origins {
    /// From two origins, as `scheme://host[:port]` without a trailing slash.
    pub fn new(web: impl Into<String>, api: impl Into<String>) -> Self {
        Self { web: web.into(), api: api.into() }
    }

    pub fn web(&self) -> &str {
        &self.web
    }

    pub fn is_web(&self, origin: &str) -> bool {
        origin.eq_ignore_ascii_case(&self.web)
    }

    fn is_ours(&self, origin: &str) -> bool {
        self.is_web(origin) || origin.eq_ignore_ascii_case(&self.api)
    }

    /// An origin decides by itself. Without one, only what no browser sends from a foreign page passes: a request that a
    /// browser calls same-origin, or one from outside a browser, which then carries no cookie.
    fn admit(&self, from: Provenance<'_>) -> bool {
        match (from.origin, from.fetch_site) {
            (Some(origin), _) => self.is_ours(origin),
            (None, Some("same-origin")) => true,
            (None, Some("cross-site" | "same-site")) => false,
            (None, _) => !from.has_cookie,
        }
    }
}

/// Refuses changes and sockets that a foreign page asks for.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) && !request.head().upgrade();
    if !reads && !Settings::of(request.request()).origins.admit(provenance(&request)) {
        let refusal = Refusal::from(ErrorCode::ForeignOrigin).error_response();
        return Ok(request.into_response(refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// A header that cannot be read counts as a foreign origin.
fn provenance(request: &ServiceRequest) -> Provenance<'_> {
    let text = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    Provenance {
        origin: text(header::ORIGIN),
        fetch_site: text(HeaderName::from_static("sec-fetch-site")),
        has_cookie: request.headers().contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: Provenance<'static> = Provenance { origin: None, fetch_site: None, has_cookie: false };

    fn admits(from: Provenance<'_>) -> bool {
        Origins::new("https://web.example", "https://api.example").admit(from)
    }

    #[test]
    fn our_pages_may_change_things() {
        assert!(admits(Provenance { origin: Some("https://web.example"), has_cookie: true, ..FROM }));
        assert!(admits(Provenance {
            origin: Some("https://api.example"),
            fetch_site: Some("same-origin"),
            has_cookie: true
        }));
        assert!(admits(Provenance { fetch_site: Some("same-origin"), has_cookie: true, ..FROM }));
    }

    #[test]
    fn foreign_pages_may_not() {
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://web.example",
            "https://web.example.evil.example",
            "https://web.example:444",
        ] {
            assert!(!admits(Provenance { origin: Some(origin), ..FROM }), "{origin}");
        }
        assert!(!admits(Provenance { fetch_site: Some("cross-site"), ..FROM }));
        assert!(!admits(Provenance { fetch_site: Some("same-site"), has_cookie: true, ..FROM }));
    }

    #[test]
    fn a_cookie_needs_an_origin_and_a_program_does_not() {
        assert!(!admits(Provenance { has_cookie: true, ..FROM }));
        assert!(!admits(Provenance { has_cookie: true, fetch_site: Some("none"), ..FROM }));
        assert!(admits(FROM));
    }
}
