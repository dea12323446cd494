//! A chat that is open: its messages live, its composer, what is on its way out.

mod composer;
mod log;
mod reading;
mod room;
mod sending;
mod typing;

use balloond_shared::{ChatId, ClientId, UserId, chat::Messages, people::Person};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use self::{
    composer::Composer,
    log::Log,
    room::{Room, RoomProps},
};
use crate::{
    browser::{self, realtime},
    components::{
        icon::{Icon, icon},
        portrait::avatar,
    },
};

/// `messages`: the newest page. `now`: when the page was rendered. `client_id`: makes the plain form safe to send twice.
/// `draft` and `refused`: what the plain form held when it was refused, and why.
#[island]
pub fn ChatRoom(
    chat: ChatId,
    title: String,
    members: Vec<Person>,
    messages: Messages,
    me: UserId,
    now: DateTime<Utc>,
    client_id: ClientId,
    draft: String,
    refused: Option<String>,
) -> impl IntoView {
    let room = Room::new(RoomProps { chat, me, members: members.clone(), messages, now });
    let label = format!("Chat with {title}");
    let with = members.into_iter().find(|member| member.id != me);
    Effect::new(move |_| room.come_alive());
    view! {
        <section class="room" aria-label=label>
            <header class="room-head">
                <a class="icon-button room-back" href="/chats" aria-label="All chats">
                    {icon(Icon::Back)}
                </a>
                {head(with, title)}
                <p class="room-typing" role="status">
                    {move || room.typing_line()}
                </p>
            </header>
            <p class="connection" role="status">
                {move || connection_line(room.connection.get())}
            </p>
            <Log room />
            <Composer room client_id draft refused />
        </section>
    }
}

fn head(with: Option<Person>, title: String) -> impl IntoView {
    match with {
        Some(person) => view! {
            <a class="room-person" href=format!("/people/{}", person.id)>
                {avatar(person.id, &person.name, person.photo.as_ref())}
                <h1>{title}</h1>
            </a>
        }
        .into_any(),
        None => view! { <h1>{title}</h1> }.into_any(),
    }
}

/// Quiet while all is well.
fn connection_line(connection: realtime::Connection) -> Option<AnyView> {
    match connection {
        realtime::Connection::Connecting | realtime::Connection::Open => None,
        realtime::Connection::Lost => Some("Connection lost. Trying again…".into_any()),
        realtime::Connection::SignedOut => {
            Some(view! { "You are logged out. " <a href="/login">"Log in again"</a> }.into_any())
        }
    }
}

/// The reader's own clock, from the moment the page is alive.
fn reader_clock() -> crate::bubbles::Clock {
    crate::bubbles::Clock { zone: crate::when::Zone::Reader, now: browser::now() }
}
