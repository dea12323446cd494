//! The navigation of somebody signed in.

use balloond_shared::chat::Badges;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::islands::{Counted, Given, NavBadge};

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
    let link = |section: Section, path: &'static str, symbol: Icon, counted: Option<Counted>| {
        view! {
            <li>
                <a href=path aria-current=(current == Some(section)).then_some("page")>
                    {icon(symbol)}
                    <span class="nav-name">{format!("{section:?}")}</span>
                    {counted.map(|of| view! { <NavBadge of=of badges=Given(badges) /> })}
                </a>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Balloon’d">
            <ul role="list">
                {link(Section::People, "/people", Icon::People, None)}
                {link(Section::Balloons, "/balloons", Icon::Balloon, Some(Counted::Balloons))}
                {link(Section::Chats, "/chats", Icon::Chat, Some(Counted::Chats))}
                {link(Section::Me, "/me", Icon::Person, None)}
            </ul>
        </nav>
    }
}
