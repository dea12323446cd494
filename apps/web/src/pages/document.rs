//! The document around every page, and how it becomes text.

use std::{collections::BTreeMap, sync::Arc};

use balloond_shared::chat::Badges;
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::{
    brand::wordmark,
    navigation::{Section, navigation, toast},
};

/// Where the browser finds what a page is made with; URL paths, as the bundler wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Assets {
    pub css: String,
    /// What brings pages to life, by its name.
    #[serde(default)]
    pub code: BTreeMap<String, Code>,
    /// Public files by name, under paths that may be cached for ever.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// A script and its wasm.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Code {
    pub js: String,
    pub wasm: String,
}

impl Assets {
    pub fn file(&self, name: &str) -> String {
        self.files.get(name).cloned().unwrap_or_else(|| format!("/{name}"))
    }
}

/// What a page says once, after something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    BalloonUp,
    Popped,
    Withdrawn,
    Saved,
    PhotoAdded,
    PhotoRemoved,
    LoggedOut,
    Invited,
    Removed,
    LeftGroup,
    Blocked,
    Unblocked,
    Paused,
    SeenAgain,
    Reported,
    SessionEnded,
    PasswordChanged,
    Verified,
    CodeSent,
    PasswordReset,
    TooSlow,
    SecondStepOff,
    TokenEnded,
    TriedAgain,
    Suspended,
    Lifted,
    AccountErased,
    ReportTaken,
    ReportClosed,
    AppealDecided,
    Appealed,
    PasskeyAdded,
    PasskeyRemoved,
    PushOn,
    PushOff,
}

impl Notice {
    const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::BalloonUp, "balloon-up", "Your balloon is up. It floats for seven days."),
        (Self::Popped, "popped", "Gone. Nobody is told."),
        (Self::Withdrawn, "withdrawn", "You took your balloon back."),
        (Self::Saved, "saved", "Saved."),
        (Self::PhotoAdded, "photo-added", "The photo is there."),
        (Self::PhotoRemoved, "photo-removed", "The photo is gone."),
        (Self::Invited, "invited", "The invitation is up. It floats for seven days."),
        (Self::Removed, "removed", "They are not in the group any more."),
        (Self::LeftGroup, "left-group", "You left the group."),
        (Self::LoggedOut, "logged-out", "You are logged out. See you."),
        (Self::Blocked, "blocked", "Blocked. You two do not see each other any more, and they are not told."),
        (Self::Unblocked, "unblocked", "Not blocked any more."),
        (Self::Paused, "paused", "You are in no list of people now."),
        (Self::SeenAgain, "seen-again", "You are among the people again."),
        (Self::Reported, "reported", "Thank you. We look at it."),
        (Self::SessionEnded, "session-ended", "Logged out there."),
        (Self::Verified, "verified", "Your email is confirmed."),
        (Self::CodeSent, "code-sent", "Another code is on its way. The last one works no more."),
        (Self::TooSlow, "too-slow", "That took longer than five minutes. Log in once more."),
        (Self::SecondStepOff, "second-step-off", "The second step is off."),
        (Self::TokenEnded, "token-ended", "The token is ended. Nothing can be done with it any more."),
        (Self::Suspended, "suspended", "They are suspended, and logged out everywhere."),
        (Self::Lifted, "lifted", "The suspension is lifted."),
        (Self::AccountErased, "account-erased", "The account is gone."),
        (Self::ReportTaken, "report-taken", "It is yours now."),
        (Self::ReportClosed, "report-closed", "The report is closed."),
        (Self::AppealDecided, "appeal-decided", "It is decided, and they can read it."),
        (Self::Appealed, "appealed", "We have it. What comes of it stands here."),
        (Self::TriedAgain, "tried-again", "They are tried again now."),
        (Self::PasskeyAdded, "passkey-added", "Added. From now on you can log in with it."),
        (Self::PasskeyRemoved, "passkey-removed", "Removed. It opens nothing any more."),
        (Self::PushOn, "push-on", "This device tells you when somebody writes."),
        (Self::PushOff, "push-off", "This device is quiet."),
        (Self::PasswordReset, "password-reset", "Your password is changed. Log in with it."),
        (Self::PasswordChanged, "password-changed", "Your password is changed. Everywhere else you are logged out."),
    ];

    /// Its name in a cookie.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(notice, ..)| *notice == self).map_or("", |(_, name, _)| name)
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(notice, ..)| *notice)
    }

    fn sentence(self) -> &'static str {
        Self::ALL.iter().find(|(notice, ..)| *notice == self).map_or("", |(.., sentence)| sentence)
    }
}

/// Everything around a page's own content.
pub struct Document<'a> {
    pub title: String,
    /// Of whoever is signed in: where they are, and what waits. With it come the islands.
    pub member: Option<(Option<Section>, Badges)>,
    /// Nobody is signed in, and can be.
    pub offers_login: bool,
    pub notice: Option<Notice>,
    pub assets: &'a Assets,
    /// Allows this page's own scripts and no others.
    pub nonce: &'a str,
    pub api_url: &'a str,
    /// The browser begins a trace with what it asks for.
    pub traces: bool,
    /// The name of the code that brings it to life.
    pub code: &'static str,
    /// The pattern of its address, where it is counted as seen.
    pub route: Option<&'a str>,
    /// A public file with a script of the page's own.
    pub script: Option<&'static str>,
    /// For the page's own layout.
    pub class: &'static str,
}

/// Renders a page. What it creates of the reactive system is gone when this returns.
pub fn render<V: IntoView>(document: &Document<'_>, body: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| shell(document, body().into_any()).to_html());
    owner.unset_with_forced_cleanup();
    html
}

fn shell(document: &Document<'_>, body: AnyView) -> impl IntoView {
    let Document { title, member, offers_login, notice, assets, nonce, api_url, traces, code, route, script, class } =
        document;
    let nonce = (*nonce).to_owned();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
                <title>{tab_title(title, *member)}</title>
                <meta name="description" content="Balloon’d is where people meet by consent: one short note, and a chat only if it is caught." />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#FBF7F2" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#16130F" />
                <link rel="icon" type="image/svg+xml" href=assets.file("favicon.svg") />
                <link rel="manifest" href=assets.file("manifest.webmanifest") />
                <link rel="stylesheet" href=assets.css.clone() />
                {member.is_some().then(|| fault_teller(&nonce))}
                {member.is_some().then(|| service_worker(assets, &nonce))}
                {traces.then(|| view! { <meta name="traces" content="" /> })}
                {member.and(assets.code.get(*code)).map(|code| loader(code, &nonce, api_url))}
                {route.map(|route| counter(assets, route, &nonce))}
                {script.map(|name| view! { <script type="module" src=assets.file(name) nonce=nonce.clone()></script> })}
                <script type="speculationrules" nonce=nonce.clone()>
                    {SPECULATION_RULES}
                </script>
            </head>
            <body class=(!class.is_empty()).then_some(*class)>
                <a class="skip" href="#main">"Skip to the content"</a>
                {header(*member, *offers_login)}
                <main id="main" tabindex="-1">
                    {notice.map(|notice| view! { <p class="notice" role="status">{notice.sentence()}</p> })}
                    {body}
                </main>
            </body>
        </html>
    }
}

/// With the number of things that wait, as the browser keeps it.
fn tab_title(title: &str, member: Option<(Option<Section>, Badges)>) -> String {
    match member.map_or(0, |(_, badges)| badges.balloons + badges.chats) {
        0 => format!("{title} · Balloon’d"),
        waiting => format!("({waiting}) {title} · Balloon’d"),
    }
}

/// Pages only tell, so fetching one ahead changes nothing. Forms are not links.
const SPECULATION_RULES: &str = r#"{"prefetch":[{"where":{"href_matches":"/*"},"eagerness":"moderate"}]}"#;

fn header(member: Option<(Option<Section>, Badges)>, offers_login: bool) -> impl IntoView {
    let home = if member.is_some() { "/people" } else { "/" };
    view! {
        <header class="top">
            <a class="home" href=home>
                {wordmark()}
            </a>
            {match member {
                Some((current, badges)) => view! { {navigation(current, badges)} {toast()} }.into_any(),
                None => {
                    offers_login
                        .then(|| {
                            view! {
                                <nav class="nav-out" aria-label="Balloon’d">
                                    <a href="/login">"Log in"</a>
                                </nav>
                            }
                        })
                        .into_any()
                }
            }}
        </header>
    }
}

/// Fetches the islands' code at once, and brings each of them to life where it stands. No `preload`: without scripts nothing of it
/// is wanted.
fn loader(code: &Code, nonce: &str, api_url: &str) -> impl IntoView + use<> {
    let script = format!(
        "const code = fetch({wasm});\
         const islands = await import({js});\
         await islands.default({{ module_or_path: code }});\
         if (document.readyState === 'loading') await new Promise((ready) => addEventListener('DOMContentLoaded', ready));\
         islands.hydrate();\
         for (const island of document.querySelectorAll('leptos-island')) islands[island.dataset.component]?.(island);",
        js = json_in_script(&code.js),
        wasm = json_in_script(&code.wasm),
    );
    view! {
        <meta name="api" content=api_url.to_owned() />
        <script type="module" async nonce=nonce.to_owned()>
            {script}
        </script>
    }
}

/// Before everything else: what goes wrong in our scripts is told to us, and to nobody else. A
/// `DOMException` is the browser's own: a transition that was skipped, a request that was given up; so is what is aborted when the page is left.
/// That is told in the same words as a network that fails: so it has to wait a moment, and a page that is left by then tells nothing.
const FAULT_TELLER: &str = "{\
    let leavings = 0, left = false;\
    addEventListener('pagehide', () => { leavings++; left = true; });\
    addEventListener('pageshow', () => { left = false; });\
    globalThis.fault = (kind, what) => left || navigator.sendBeacon('/faults',\
    new URLSearchParams({ kind, what: String(what).slice(0, 900), page: location.pathname }));\
    const later = (kind, what) => { const seen = leavings; setTimeout(() => seen === leavings && fault(kind, what), 3000); };\
    addEventListener('error', (it) => it.filename?.startsWith(location.origin) && fault('script', it.message));\
    addEventListener('unhandledrejection', (it) => it.reason instanceof DOMException || /abort/i.test(it.reason)\
     || (/fetch|network|load failed|importing/i.test(it.reason) ? later : fault)('promise', it.reason));}";

fn fault_teller(nonce: &str) -> impl IntoView + use<> {
    view! { <script nonce=nonce.to_owned()>{FAULT_TELLER}</script> }
}

/// The public file with the script that tells us that a page was seen and how quick it was.
pub const COUNTER: &str = "views.js";

fn counter(assets: &Assets, route: &str, nonce: &str) -> impl IntoView + use<> {
    view! {
        <meta name="route" content=route.to_owned() />
        <script type="module" async src=assets.file(COUNTER) nonce=nonce.to_owned()></script>
    }
}

/// Registers the service worker once the page is there, and brings the one page to life that asks the browser to be woken.
fn service_worker(assets: &Assets, nonce: &str) -> impl IntoView + use<> {
    let script = format!(
        "addEventListener('load', () => navigator.serviceWorker?.register('/sw.js').catch(() => {{}}));\
         if (document.querySelector('[data-push]')) import({});",
        json_in_script(&assets.file("push.js"))
    );
    view! {
        <script type="module" async nonce=nonce.to_owned()>
            {script}
        </script>
    }
}

/// A value as JSON, which is JavaScript too, that cannot end the script it stands in.
pub(super) fn json_in_script<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(member: Option<(Option<Section>, Badges)>) -> String {
        let assets = Assets {
            css: "/pkg/a.css".into(),
            code: [("pages".to_owned(), Code { js: "/pkg/a.js".into(), wasm: "/pkg/a.wasm".into() })].into(),
            ..Assets::default()
        };
        let document = Document {
            title: "A <title>".into(),
            member,
            offers_login: true,
            notice: None,
            assets: &assets,
            nonce: "n0nce",
            api_url: "http://localhost:8080",
            traces: false,
            code: "pages",
            route: None,
            script: None,
            class: "",
        };
        render(&document, || view! { <p>{"a & b"}</p> })
    }

    #[test]
    fn a_page_without_islands_ships_no_wasm() {
        let html = page(None);
        assert!(!html.contains("wasm") && !html.contains("leptos-island"), "{html}");
    }

    #[test]
    fn a_members_page_brings_its_islands_to_life_with_its_nonce() {
        let html = page(Some((Some(Section::Chats), Badges { balloons: 0, chats: 3 })));
        assert!(
            html.contains(
                "nonce=\"n0nce\">const code = fetch(\"/pkg/a.wasm\");const islands = await import(\"/pkg/a.js\");"
            ),
            "{html}"
        );
        assert!(html.contains("<title>(3) A &lt;title&gt; · Balloon’d</title>"), "{html}");
        assert!(html.contains("aria-current=\"page\""), "{html}");
    }

    #[test]
    fn text_is_escaped() {
        let html = page(None);
        assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
        assert!(html.contains("<title>A &lt;title&gt; · Balloon’d</title>") && html.contains("a &amp; b"), "{html}");
    }

    #[test]
    fn a_notice_is_known_by_its_name() {
        for &(notice, ..) in Notice::ALL {
            assert_eq!(Notice::by_name(notice.name()), Some(notice));
        }
        assert_eq!(Notice::by_name("<script>"), None);
    }
}
