//! The navigation of somebody signed in.

use balloond_shared::chat::Badges;
use leptos::prelude::*;

use super::{
    badge::badge,
    icon::{Icon, icon},
};

/// Where in the product a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    People,
    Balloons,
    Chats,
    Me,
}

/// The way to every section, with what waits there.
pub fn navigation(current: Option<Section>, badges: Badges) -> impl IntoView {
    let link = |section: Section, path: &'static str, symbol: Icon, waiting: Option<AnyView>| {
        view! {
            <li>
                <a href=path aria-current=(current == Some(section)).then_some("page")>
                    {icon(symbol)}
                    <span class="nav-name">{format!("{section:?}")}</span>
                    {waiting}
                </a>
            </li>
        }
    };
    let balloons = badge(badges.balloons, " waiting", Some("balloons")).into_any();
    let chats = badge(badges.chats, " unread", Some("chats")).into_any();
    view! {
        <nav class="nav" aria-label="Balloon’d">
            <ul role="list">
                {link(Section::People, "/people", Icon::People, None)}
                {link(Section::Balloons, "/balloons", Icon::Balloon, Some(balloons))}
                {link(Section::Chats, "/chats", Icon::Chat, Some(chats))}
                {link(Section::Me, "/me", Icon::Person, None)}
            </ul>
        </nav>
    }
}

/// Where the browser says that a balloon was caught (see `browser::catch_news`).
pub fn toast() -> impl IntoView {
    view! {
        <div class="toast-place" role="status">
            <div class="toast" hidden>
                <span></span>
                <a href="/chats">"Open the chat"</a>
                <button class="icon-button" type="button" aria-label="Close">
                    {icon(Icon::Remove)}
                </button>
            </div>
        </div>
    }
}
