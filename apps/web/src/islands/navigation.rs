//! The navigation of somebody signed in, with its two numbers.

use balloond_shared::{
    ChatId, UserId,
    chat::{Badges, ChatSummary},
    event::ServerEvent,
};
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
    let caught = RwSignal::new(None::<Caught>);
    Effect::new(move |_| {
        keep_current(badges);
        tell_of_catches(caught);
    });
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
        <div class="toast-place" role="status">
            {move || caught.get().map(|news| toast(news, caught))}
        </div>
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

/// Somebody caught a balloon of the reader's.
#[derive(Clone, Debug)]
struct Caught {
    chat: ChatId,
    by: String,
}

fn toast(news: Caught, caught: RwSignal<Option<Caught>>) -> impl IntoView {
    view! {
        <div class="toast">
            <span>{news.by} " caught your balloon."</span>
            <a href=format!("/chats/{}", news.chat)>"Open the chat"</a>
            <button class="icon-button" type="button" aria-label="Close" on:click=move |_| caught.set(None)>
                {icon(Icon::Remove)}
            </button>
        </div>
    }
}

fn tell_of_catches(caught: RwSignal<Option<Caught>>) {
    let reader = StoredValue::new(None::<UserId>);
    realtime::listen(move |event| match event {
        ServerEvent::Ready { user } => reader.set_value(Some(*user)),
        ServerEvent::ChatOpened { chat } => {
            let chat = *chat;
            spawn_local(async move {
                if let Some(news) = of_another(chat, reader.get_value()).await {
                    caught.set(Some(news));
                }
            });
        }
        _ => {}
    });
}

/// A chat begins with the note that was caught: only its writer has news in that.
async fn of_another(chat: ChatId, reader: Option<UserId>) -> Option<Caught> {
    let opened: ChatSummary = api::get(&format!("/chats/{chat}")).await.ok()?;
    let is_own_note = opened.last_message.is_some_and(|note| note.seq == 1 && Some(note.sender) == reader);
    is_own_note.then_some(Caught { chat, by: opened.title })
}
