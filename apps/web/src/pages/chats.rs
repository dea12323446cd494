//! The chats, and one of them.

use balloond_shared::{
    ChatId, ClientId, Page, PhotoId, UserId,
    chat::{Chat, ChatKind, ChatSummary, Message, Messages, Quote},
    outbox::Outbox,
    people::Person,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use maud::{Markup, html};

use super::{empty, room::room};
use crate::{
    bubbles::bubbles,
    components::{
        badge::badge_html,
        bubble::{Scene, bubble_html},
        icon::{Icon, icon},
        portrait::{avatar, avatar_html, group_avatar, group_avatar_html},
        time::{Telling, moment_html},
    },
    talk::{Beginning, Named},
    when::Clock,
};

/// The events that change the list.
const CHANGES: &str = "ready activity message read chat_opened chat_changed chat_closed resync";

/// The list, on its own page or beside an open chat.
pub struct ChatsPage {
    pub chats: Page<ChatSummary>,
    /// These are the newest, and are kept so.
    pub is_newest: bool,
    /// The chat that is open.
    pub current: Option<ChatId>,
    pub me: UserId,
    pub now: DateTime<Utc>,
}

impl ChatsPage {
    /// The whole page.
    pub fn view(self) -> impl IntoView {
        let is_empty = self.chats.items.is_empty();
        let live = self.is_newest.then_some(CHANGES);
        view! {
            <div class="chats-page" id="chats-page" data-live=live>
                {self.list(None)}
                <div class="chats-beside">
                    {if is_empty {
                        empty("No chat yet", "A chat opens when you catch a balloon, or somebody catches yours.", Some(("/people", "See who is here"))).into_any()
                    } else {
                        view! { <p class="soft">"Choose a chat."</p> }.into_any()
                    }}
                </div>
            </div>
        }
    }

    /// Beside a chat, its heading is not the page's, and it is kept current by itself.
    fn list(self, beside: Option<ChatId>) -> impl IntoView {
        let Self { chats, is_newest, current, me, now } = self;
        let heading = if beside.is_none() {
            view! { <h1>"Chats"</h1> }.into_any()
        } else {
            view! { <h2>"Chats"</h2> }.into_any()
        };
        let live = (beside.is_some() && is_newest).then_some(CHANGES);
        let from = beside.map(|chat| format!("/chats?open={chat}"));
        let entries = html! { @for chat in &chats.items { (entry_html(chat, me, current, now)) } };
        let older = chats.next.map(|next| {
            let path = format!("/chats?cursor={}", crate::server::encode_query(&next.0));
            view! { <p class="more"><a class="button" href=path rel="next">"Older chats"</a></p> }
        });
        view! {
            <section class="chats-list" aria-label="Your chats">
                <div class="chats-head">
                    {heading}
                    <a class="text-button" href="/search">"Search"</a>
                    <a class="button" href="/groups/new">"New group"</a>
                </div>
                <ul class="chats" role="list" id="chats" data-live=live data-from=from inner_html=entries.into_string()></ul>
                {older}
            </section>
        }
    }
}

/// Written as text and not as views: it stands two dozen times on a page.
fn entry_html(chat: &ChatSummary, me: UserId, current: Option<ChatId>, now: DateTime<Utc>) -> Markup {
    let is_current = current == Some(chat.id);
    let unread = if is_current || chat.muted { 0 } else { chat.unread };
    html! {
        li {
            a.chat-entry.unread[unread > 0] href={ "/chats/" (chat.id) } aria-current=[is_current.then_some("page")] {
                @match &chat.with {
                    Some(person) => { (avatar_html(person.id, &person.name, person.photo.as_ref())) },
                    None => { (group_avatar_html(chat.id, &chat.title, chat.photo)) },
                }
                span.chat-entry-words {
                    span.chat-entry-name { (chat.title) @if chat.muted { " · muted" } }
                    @if let Some(last) = &chat.last_message { (moment_html(last.sent_at, Telling::Short, now)) }
                    span.chat-entry-last { @if let Some(last) = &chat.last_message { (last_words_html(last, me)) } }
                    @if unread > 0 { (badge_html(unread, " unread", None)) }
                }
            }
        }
    }
}

fn last_words_html(last: &Message, me: UserId) -> Markup {
    html! {
        @if let Some(line) = &last.line { (line.words()) }
        @else if last.deleted { "Message deleted" }
        @else { @if last.sender == me { "You: " } (last.words()) }
    }
}

/// An open chat, alive. `draft` and `refused`: what was typed, and why it was not sent; `reply`: what it answers.
pub struct ChatPage {
    pub beside: ChatsPage,
    pub chat: Chat,
    pub messages: Messages,
    pub draft: String,
    pub refused: Option<String>,
    pub reply: Option<Quote>,
}

impl ChatPage {
    pub fn view(self) -> impl IntoView {
        let Self { beside, chat, messages, draft, refused, reply } = self;
        let (me, now, id) = (beside.me, beside.now, chat.summary.id);
        let with = chat.summary.with.as_ref();
        let head = room_head(id, with, chat.summary.title.clone(), chat.summary.photo);
        let (unread, newest) = (chat.summary.unread, messages.items.last().map_or(0, |message| message.seq));
        let beginning = Beginning {
            chat: id,
            me,
            is_group: chat.summary.kind == ChatKind::Group,
            names: chat.members.into_iter().map(|member| Named { id: member.id, name: member.name }).collect(),
            messages,
            now,
            reply,
            refused,
        };
        let head = view! {
            {head}
            {(unread > 0).then(|| mark_as_read(id, newest))}
        };
        let room = room(beginning, chat.summary.title, ClientId::new(), &draft, head);
        view! {
            <div class="chat-page">
                {beside.list(Some(id))}
                {room}
            </div>
        }
    }
}

pub(super) fn name_of(chat: &Chat, user: UserId) -> String {
    let member = chat.members.iter().find(|member| member.id == user);
    member.map_or_else(|| "Somebody".to_owned(), |member| member.name.clone())
}

/// The islands tell what was really seen; without scripts its reader does.
fn mark_as_read(chat: ChatId, newest: i64) -> impl IntoView {
    view! {
        <noscript>
            <form class="mark-read" method="post" action=format!("/chats/{chat}/seen")>
                <input type="hidden" name="seq" value=newest />
                <button type="submit">"Mark as read"</button>
            </form>
        </noscript>
    }
}

/// The way back, and who the chat is with.
fn room_head(chat: ChatId, with: Option<&Person>, title: String, photo: Option<PhotoId>) -> impl IntoView + use<> {
    let (picture, path) = match with {
        Some(person) => (avatar(person.id, &person.name, person.photo.as_ref()), format!("/people/{}", person.id)),
        None => (group_avatar(chat, &title, photo), format!("/chats/{chat}/group")),
    };
    view! {
        <a class="icon-button room-back" href="/chats" aria-label="All chats">
            {icon(Icon::Back)}
        </a>
        // Title and photo of a group are others at any time.
        <a class="room-person" id="room-person" href=path data-live=with.is_none().then_some("chat_changed")>
            {picture}
            <h1>{title}</h1>
        </a>
        <a class="icon-button room-more" href=format!("/chats/{chat}/group") aria-label="About this chat">
            "⋯"
        </a>
        <a class="room-report" href=format!("/report?about=chat&id={chat}")>"Report"</a>
    }
}

/// An older part of a chat, for reading without scripts.
pub struct HistoryPage {
    pub beside: ChatsPage,
    pub chat: Chat,
    pub messages: Messages,
}

impl HistoryPage {
    pub fn view(self) -> impl IntoView {
        let Self { beside, chat, messages } = self;
        let (me, now, id) = (beside.me, beside.now, chat.summary.id);
        let older = messages.items.first().filter(|_| messages.more).map(|oldest| {
            let path = format!("/chats/{id}?before={}", oldest.seq);
            view! { <p class="older"><a href=path>"Earlier messages"</a></p> }
        });
        let is_group = chat.summary.kind == ChatKind::Group;
        let entries = bubbles(messages.items.iter(), &Outbox::default(), me, Clock::utc(now), is_group, None);
        let name_of = |user| name_of(&chat, user);
        let scene = Scene { chat: id, me, name_of: &name_of, is_group };
        let entries = entries.iter().map(|bubble| bubble_html(bubble, scene, None).into_string()).collect::<String>();
        let newest = format!("/chats/{id}");
        view! {
            <div class="chat-page">
                {beside.list(Some(id))}
                <section class="room" aria-label="Earlier messages">
                    <header class="room-head">
                        <a class="icon-button" href=newest.clone() aria-label="Back to the newest messages">
                            {icon(Icon::Back)}
                        </a>
                        <h1>{chat.summary.title}</h1>
                    </header>
                    <div class="log-place">
                        <div class="log" role="group" aria-label="Messages" tabindex="0">
                            <div class="log-inner">
                                {older} <div class="entry" inner_html=entries></div>
                                <p class="older">
                                    <a href=newest>"To the newest messages"</a>
                                </p>
                            </div>
                        </div>
                    </div>
                </section>
            </div>
        }
    }
}
