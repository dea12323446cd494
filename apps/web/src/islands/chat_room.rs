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
    browser::realtime::Connection,
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
            <p class="connection" class:shown=move || !connection_words(room.connection.get()).is_empty() role="status">
                {move || connection_words(room.connection.get())}
                <a href="/login" hidden=move || room.connection.get() != Connection::SignedOut>
                    "Log in again"
                </a>
            </p>
            <Log room />
            <Composer room client_id draft refused />
        </section>
    }
}

fn head(with: Option<Person>, title: String) -> impl IntoView {
    let picture = with.as_ref().map(|person| avatar(person.id, &person.name, person.photo.as_ref()));
    let path = with.map(|person| format!("/people/{}", person.id));
    view! {
        <a class="room-person" href=path>
            {picture}
            <h1>{title}</h1>
        </a>
    }
}

/// Quiet while all is well.
const fn connection_words(connection: Connection) -> &'static str {
    match connection {
        Connection::Connecting | Connection::Open => "",
        Connection::Lost => "Connection lost. Trying again…",
        Connection::SignedOut => "You are logged out. ",
    }
}
