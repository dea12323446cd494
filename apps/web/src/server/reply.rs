//! Answers: a page, or the way to one.

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::Method, http::StatusCode, http::header};
use balloond_shared::chat::Badges;
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::IntoView;

use super::{
    app::{Application, State},
    cookies,
};
use crate::{
    components::navigation::Section,
    pages::{COUNTER, Document, Notice, render},
};

/// A page about to be shown.
pub struct Reply<'a> {
    request: &'a HttpRequest,
    title: String,
    status: StatusCode,
    code: &'static str,
    script: Option<&'static str>,
    class: &'static str,
    member: Option<(Option<Section>, Badges)>,
    is_public: bool,
}

impl<'a> Reply<'a> {
    pub fn new(request: &'a HttpRequest, title: impl Into<String>) -> Self {
        let status = StatusCode::OK;
        let (code, script, class) = ("pages", None, "");
        Self { request, title: title.into(), status, code, script, class, member: None, is_public: false }
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// For the page's own layout.
    pub fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    /// The same for all who have no session: browsers and proxies may keep it, and ask whether it is still so.
    pub fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    /// The name of the code that brings the page to life, where it is not that of most pages.
    pub fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// The public file with the script that the page has of its own.
    pub fn script(self, script: &'static str) -> Self {
        Self { script: Some(script), ..self }
    }

    /// A page of somebody signed in, with the navigation.
    pub fn of_member(self, section: impl Into<Option<Section>>, badges: Badges) -> Self {
        Self { member: Some((section.into(), badges)), ..self }
    }

    pub fn show<V: IntoView>(self, body: impl FnOnce() -> V) -> HttpResponse {
        let Some(app) = self.request.app_data::<State>() else { return HttpResponse::InternalServerError().finish() };
        let content = app.site.content();
        let notice = cookies::notice(self.request);
        let is_public = self.is_public && !self.request.headers().contains_key(header::COOKIE);
        let nonce = if is_public { String::new() } else { STANDARD.encode(rand::random::<[u8; 16]>()) };
        let route = self.request.match_pattern();
        let is_counted = self.status == StatusCode::OK && *self.request.method() == Method::GET;
        let document = Document {
            title: self.title,
            member: self.member,
            offers_login: cookies::tokens(self.request, app.cookies) == (None, None),
            notice,
            assets: &content.assets,
            nonce: &nonce,
            api_url: &app.config.public_api_url,
            traces: app.config.traces.is_some() && self.member.is_some(),
            code: self.code,
            route: route.as_deref().filter(|_| is_counted),
            script: self.script,
            class: self.class,
        };
        let html = render(&document, body);
        let mut answer = HttpResponse::build(self.status);
        answer
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy(app, &nonce, &content.assets.file(COUNTER))))
            // A CDN sends it ahead of the page, as an early hint (RFC 8297).
            .insert_header((header::LINK, format!("<{}>; rel=preload; as=style", content.assets.css)));
        if is_public {
            return keep(answer, self.request, html);
        }
        // What one person sees is kept nowhere: not by proxies, not for the next person at this computer.
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if notice.is_some() {
            answer.cookie(app.cookies.no_notice());
        }
        answer.body(html)
    }
}

/// Answers with what may be kept, or that what was kept is still right. Whoever has cookies is answered for themselves.
fn keep(mut answer: HttpResponseBuilder, request: &HttpRequest, html: String) -> HttpResponse {
    let mut hasher = DefaultHasher::new();
    html.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|it| it.trim().trim_start_matches("W/") == tag));
    answer
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "cookie"))
        .insert_header((header::ETAG, tag));
    if is_known { answer.status(StatusCode::NOT_MODIFIED).finish() } else { answer.body(html) }
}

/// Only what this page itself brings may run, and it may talk to nobody but us.
fn policy(app: &Application, nonce: &str, counter: &str) -> String {
    let api = &app.config.public_api_url;
    let socket = api.replacen("http", "ws", 1);
    let photos = &app.photo_origins;
    // A page that is kept has no nonce, as that is for one answer, and no script but the rules for fetching ahead and
    // the one that counts, by its address.
    let scripts = match nonce {
        "" => format!("'inline-speculation-rules' {}{counter}", app.config.public_web_url),
        nonce => format!("'nonce-{nonce}' 'wasm-unsafe-eval'"),
    };
    format!(
        "default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data: {photos}; \
         connect-src 'self' {api} {socket}; worker-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
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
