//! A chat that is open: its messages live, its composer, what is on its way out.

mod composer;
mod log;
mod menu;
mod reading;
mod room;
mod sending;
mod typing;

use balloond_shared::{
    ChatId, ClientId, UserId,
    chat::{Messages, Quote},
};
use chrono::{DateTime, Utc};
use leptos::{ev, prelude::*};

use self::{
    composer::{Composer, Composing},
    log::Log,
    room::{Room, RoomProps},
};
use super::{
    Given,
    derived::{whether, words},
};
use crate::browser::realtime::Connection;

/// `names`: of the members. `messages`: the newest page. `now`: when the page was rendered. `client_id`: makes the plain form safe
/// to send twice. `draft` and `refused`: what the plain form held when it was refused, and why; `reply`: what it answers. The children are the room's head.
#[island]
pub fn ChatRoom(
    chat: ChatId,
    title: String,
    is_group: bool,
    names: Vec<(UserId, String)>,
    messages: Given<Messages>,
    me: UserId,
    now: DateTime<Utc>,
    client_id: ClientId,
    draft: String,
    refused: Option<String>,
    reply: Given<Option<Quote>>,
    children: Children,
) -> impl IntoView {
    let room = Room::new(RoomProps { chat, me, is_group, names, messages: messages.0, now, reply: reply.0, refused });
    let label = if is_group { title } else { format!("Chat with {title}") };
    Effect::new(move |_| room.come_alive());
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() && !room.close_menu() {
            room.compose(Composing::New);
        }
    };
    view! {
        <section class="room" aria-label=label on:keydown=on_key>
            <header class="room-head">
                {children()}
                <p class="room-typing" role="status">
                    {words(move || room.presence_line())}
                </p>
            </header>
            <p class="connection" class:shown=whether(move || !connection_words(room.connection.get()).is_empty()) role="status">
                {words(move || connection_words(room.connection.get()).to_owned())}
                <a href="/login" hidden=whether(move || room.connection.get() != Connection::SignedOut)>
                    "Log in again"
                </a>
            </p>
            <Log room />
            <Composer room client_id draft />
        </section>
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
