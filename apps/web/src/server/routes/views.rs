use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use balloond_domain::page_view;
use balloond_shared::page_view::PageView;

use super::Answer;
use crate::server::{app::State, client::Origin};

/// Bytes of the longest report: a pattern and four numbers.
pub const LARGEST: usize = 512;

/// `POST /views`: a page tells that it was seen, and how quick it was. Of whoever asks not to be followed nothing is counted; their
/// browsers do not tell in the first place.
pub async fn tell(app: State, origin: Origin, request: HttpRequest, body: Bytes) -> Answer {
    if !objects(&request) {
        let fields: Vec<_> = url::form_urlencoded::parse(&body).into_owned().collect();
        let map = request.resource_map();
        let view = PageView::parse(&fields, |route| map.match_pattern(route).as_deref() == Some(route));
        page_view::count(&app.services, &origin.0, &view.map_err(balloond_domain::Error::from)?)?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Do Not Track and Global Privacy Control.
fn objects(request: &HttpRequest) -> bool {
    ["dnt", "sec-gpc"].iter().any(|name| request.headers().get(*name).is_some_and(|value| value.as_bytes() == b"1"))
}
