//! The navigation of somebody signed in, with its two numbers.

use balloond_shared::{chat::Badges, event::ServerEvent};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use crate::{
    browser::{self, api, debounce::Debounce, realtime},
    components::icon::{Icon, icon},
};

/// Where in the product a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Section {
    People,
    Balloons,
    Chats,
    Me,
}

impl Section {
    const fn link(self) -> (&'static str, &'static str, Icon) {
        match self {
            Self::People => ("/people", "People", Icon::People),
            Self::Balloons => ("/balloons", "Balloons", Icon::Balloon),
            Self::Chats => ("/chats", "Chats", Icon::Chat),
            Self::Me => ("/me", "Me", Icon::Person),
        }
    }

    /// What waits behind a link, and how that is read out.
    const fn waiting(self, badges: Badges) -> (i64, &'static str) {
        match self {
            Self::Balloons => (badges.balloons, "waiting"),
            Self::Chats => (badges.chats, "unread"),
            Self::People | Self::Me => (0, ""),
        }
    }
}

#[island]
pub fn Navigation(current: Option<Section>, badges: Badges) -> impl IntoView {
    let badges = RwSignal::new(badges);
    Effect::new(move |_| keep_current(badges));
    Effect::new(move |_| {
        let badges = badges.get();
        browser::count_in_title(badges.balloons + badges.chats);
    });
    let link = move |section: Section| {
        let (path, name, symbol) = section.link();
        let number = move || Some(section.waiting(badges.get())).filter(|(count, _)| *count > 0);
        view! {
            <li>
                <a href=path aria-current=(current == Some(section)).then_some("page")>
                    {icon(symbol)}
                    <span class="nav-name">{name}</span>
                    {move || {
                        number()
                            .map(|(count, what)| {
                                view! {
                                    <span class="badge">
                                        {at_most_99(count)} <span class="hidden">{format!(" {what}")}</span>
                                    </span>
                                }
                            })
                    }}
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <nav class="nav" aria-label="Balloon’d">
            <ul role="list">
                {link(Section::People)} {link(Section::Balloons)} {link(Section::Chats)} {link(Section::Me)}
            </ul>
        </nav>
    }
}

/// A number that says no more than is useful.
#[must_use]
pub fn at_most_99(count: i64) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}

/// Asks again whenever something happened that may have changed a number.
fn keep_current(badges: RwSignal<Badges>) {
    let ask = Debounce::new(300, move || {
        spawn_local(async move {
            if let Ok(current) = api::get("/me/badges").await {
                badges.set(current);
            }
        });
    });
    realtime::listen(move |event| match event {
        ServerEvent::Subscribed { .. } | ServerEvent::Typing { .. } | ServerEvent::Error { .. } => {}
        _ => ask.call(),
    });
}
