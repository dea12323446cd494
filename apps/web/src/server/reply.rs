//! Answers: a page, or the way to one.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header};
use balloond_shared::chat::Badges;
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::IntoView;

use super::{
    app::{Application, State},
    cookies,
};
use crate::{
    components::navigation::Section,
    pages::{Document, Notice, render},
};

/// A page about to be shown.
pub struct Reply<'a> {
    request: &'a HttpRequest,
    title: String,
    status: StatusCode,
    class: &'static str,
    member: Option<(Option<Section>, Badges)>,
}

impl<'a> Reply<'a> {
    pub fn new(request: &'a HttpRequest, title: impl Into<String>) -> Self {
        Self { request, title: title.into(), status: StatusCode::OK, class: "", member: None }
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// For the page's own layout.
    pub fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    /// A page of somebody signed in, with the navigation.
    pub fn of_member(self, section: impl Into<Option<Section>>, badges: Badges) -> Self {
        Self { member: Some((section.into(), badges)), ..self }
    }

    pub fn show<V: IntoView>(self, body: impl FnOnce() -> V) -> HttpResponse {
        let Some(app) = self.request.app_data::<State>() else { return HttpResponse::InternalServerError().finish() };
        let content = app.site.content();
        let nonce = STANDARD.encode(rand::random::<[u8; 16]>());
        let notice = cookies::notice(self.request);
        let document = Document {
            title: self.title,
            member: self.member,
            offers_login: cookies::tokens(self.request, app.cookies) == (None, None),
            notice,
            assets: &content.assets,
            nonce: &nonce,
            api_url: &app.config.public_api_url,
            class: self.class,
        };
        let html = render(&document, body);
        let mut answer = HttpResponse::build(self.status);
        answer
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy(app, &nonce)))
            // What one person sees is kept nowhere: not by proxies, not for the next person at this computer.
            .insert_header((header::CACHE_CONTROL, "no-store"));
        if notice.is_some() {
            answer.cookie(app.cookies.no_notice());
        }
        answer.body(html)
    }
}

/// Only what this page itself brings may run, and it may talk to nobody but us.
fn policy(app: &Application, nonce: &str) -> String {
    let api = &app.config.public_api_url;
    let socket = api.replacen("http", "ws", 1);
    let photos = &app.photo_origin;
    format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: {photos}; \
         connect-src 'self' {api} {socket}; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
}

/// 303: the browser goes on with GET.
pub fn see_other(path: impl Into<String>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.into())).finish()
}

/// The same, with something to say there.
pub fn see_other_saying(app: &Application, path: impl Into<String>, notice: Notice) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path.into())).cookie(app.cookies.notice(notice)).finish()
}
