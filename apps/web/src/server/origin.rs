//! Who may change something: our own pages.

use actix_web::{
    ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName},
    },
    middleware::Next,
};
use balloond_shared::ErrorCode;

use super::{answer::Refusal, app::State};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses every form that another site sends.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let text = |name: &HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    let own = request.app_data::<State>().map(|app| app.config.public_web_url.as_str()).unwrap_or_default();
    // What is pressed in a mail program comes from nowhere; whoever sends it has the signed address, and no session counts.
    let is_signed = request.path().starts_with("/unsubscribe/");
    if !reads && !is_signed && !is_own(own, text(&header::ORIGIN), text(&FETCH_SITE)) {
        return Ok(request.into_response(Refusal::from(ErrorCode::ForeignOrigin).error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// A browser says `Sec-Fetch-Site` itself, out of every page's reach; where it does not, `Origin` decides. Neither: no browser's form.
fn is_own(own: &str, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
    match (fetch_site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.eq_ignore_ascii_case(own),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_things() {
        let own = |origin, site| is_own("https://web.example", origin, site);
        assert!(own(Some("https://web.example"), Some("same-origin")));
        assert!(own(Some("https://web.example"), None));
        assert!(!own(Some("https://web.example"), Some("cross-site")));
        assert!(!own(Some("https://evil.example"), None));
        assert!(!own(Some("null"), None));
        assert!(!own(None, Some("same-site")));
        assert!(!own(None, Some("none")));
        assert!(!own(None, None));
    }
}
