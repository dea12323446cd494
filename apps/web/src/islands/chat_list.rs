//! The list of chats, the newest message first, kept so while the page is open.

use balloond_shared::{ChatId, Page, UserId, chat::ChatSummary, event::ServerEvent};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::{Given, nav_badge::at_most_99};
use crate::{
    browser::{api, debounce::Debounce, realtime},
    components::{
        portrait::avatar,
        time::{Telling, live_moment},
    },
    when::Clock,
};

/// `is_newest`: the first page of the list, which is kept current. `current`: the chat that is open beside the list.
#[island]
pub fn ChatList(
    chats: Given<Vec<ChatSummary>>,
    is_newest: bool,
    me: UserId,
    current: Option<ChatId>,
    now: DateTime<Utc>,
) -> impl IntoView {
    let chats = RwSignal::new(chats.0);
    let clock = RwSignal::new(Clock::utc(now));
    Effect::new(move |_| {
        clock.set(Clock::of_reader());
        if is_newest {
            keep_current(chats);
        }
    });
    view! {
        <ul class="chats" role="list">
            <For each=move || chats.get() key=content_of let:chat>
                {entry(chat, me, current, clock)}
            </For>
        </ul>
    }
}

/// All that an entry shows: when it differs, the entry is another.
fn content_of(chat: &ChatSummary) -> (ChatId, String, i64, i64, i64) {
    (
        chat.id,
        chat.title.clone(),
        chat.head,
        chat.unread,
        chat.last_message.as_ref().map_or(0, |message| message.changed_seq),
    )
}

fn entry(chat: ChatSummary, me: UserId, current: Option<ChatId>, clock: RwSignal<Clock>) -> impl IntoView {
    let is_current = current == Some(chat.id);
    let unread = if is_current { 0 } else { chat.unread };
    let is_unread = unread > 0;
    let picture = match &chat.with {
        Some(person) => avatar(person.id, &person.name, person.photo.as_ref()),
        None => avatar(UserId::from_uuid(chat.id.as_uuid()), &chat.title, None),
    };
    let (sent_at, last) = match chat.last_message {
        Some(message) if message.deleted => (Some(message.sent_at), "Message deleted".to_owned()),
        Some(message) if message.sender == me => (Some(message.sent_at), format!("You: {}", message.body)),
        Some(message) => (Some(message.sent_at), message.body),
        None => (None, String::new()),
    };
    view! {
        <li>
            <a
                class="chat-entry"
                class:unread=is_unread
                href=format!("/chats/{}", chat.id)
                aria-current=is_current.then_some("page")
            >
                {picture}
                <span class="chat-entry-words">
                    <span class="chat-entry-name">{chat.title}</span>
                    {sent_at.map(|at| live_moment(at, Telling::Short, clock))}
                    <span class="chat-entry-last">{last}</span>
                    {is_unread
                        .then(|| {
                            view! { <span class="badge">{at_most_99(unread)} <span class="hidden">" unread"</span></span> }
                        })}
                </span>
            </a>
        </li>
    }
}

fn keep_current(chats: RwSignal<Vec<ChatSummary>>) {
    let ask = Debounce::new(400, move || {
        spawn_local(async move {
            if let Ok(page) = api::get::<Page<ChatSummary>>("/chats").await {
                chats.update(|chats| merge(chats, page.items));
            }
        });
    });
    realtime::listen(move |event| match event {
        ServerEvent::Ready { .. }
        | ServerEvent::Activity { .. }
        | ServerEvent::Message { .. }
        | ServerEvent::Read { .. }
        | ServerEvent::ChatOpened { .. }
        | ServerEvent::ChatChanged { .. }
        | ServerEvent::Resync { .. } => ask.call(),
        ServerEvent::ChatClosed { chat } => chats.update(|chats| chats.retain(|known| known.id != *chat)),
        _ => {}
    });
}

/// The newest come first; what the page shows beyond them stays behind.
fn merge(chats: &mut Vec<ChatSummary>, newest: Vec<ChatSummary>) {
    let older = std::mem::take(chats);
    let older = older.into_iter().filter(|chat| newest.iter().all(|new| new.id != chat.id)).collect::<Vec<_>>();
    *chats = newest;
    chats.extend(older);
}
