//! One message, and all that can be done with it: where its dots lead without scripts.

use balloond_shared::{
    UserId,
    chat::{Chat, ChatKind, Message},
    group::Role,
    outbox::Outbox,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::chats::name_of;
use crate::{
    bubbles::{anchor, bubbles},
    components::{
        bubble::{REACTIONS, Scene, bubble_html},
        field::{Refused, TextField, form_alert},
        icon::{Icon, icon},
    },
    when::Clock,
};

/// `typed` and `refused`: another text for the message, and why it was not taken.
pub struct MessagePage {
    pub chat: Chat,
    pub message: Message,
    pub me: UserId,
    pub now: DateTime<Utc>,
    pub typed: Option<String>,
    pub refused: Refused,
}

impl MessagePage {
    pub fn view(self) -> impl IntoView {
        let Self { chat, message, me, now, typed, refused } = self;
        let id = chat.summary.id;
        let name_of = |user| name_of(&chat, user);
        let is_group = chat.summary.kind == ChatKind::Group;
        let scene = Scene { chat: id, me, name_of: &name_of, is_group };
        let entries = bubbles(std::iter::once(&message), &Outbox::default(), me, Clock::utc(now), is_group, None);
        let entries = entries.iter().map(|bubble| bubble_html(bubble, scene, None).into_string()).collect::<String>();
        let back = format!("/chats/{id}#{}", anchor(message.client_id));
        let path = format!("/chats/{id}/messages/{}", message.id);
        let mine = message.sender == me;
        let given = |emoji: &str| {
            message.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.users.contains(&me))
        };
        let reactions: Vec<_> = REACTIONS
            .into_iter()
            .map(|emoji| {
                let (name, pressed) = if given(emoji) { ("remove", "true") } else { ("add", "false") };
                view! { <button class="emoji" name=name value=emoji aria-pressed=pressed>{emoji}</button> }
            })
            .collect();
        let edit = (mine && message.is_editable(now)).then(|| {
            view! {
                <form class="stack" method="post" action=path.clone()>
                    <TextField
                        name="body"
                        label="Your message"
                        value=typed.unwrap_or_else(|| message.body.clone())
                        rows=3
                        error=refused.of("body")
                    />
                    <button class="primary" type="submit">"Save"</button>
                </form>
            }
        });
        let own = chat.roles.iter().find(|member| member.user == me).map_or(Role::Member, |member| member.role);
        let delete = (mine || own >= Role::Moderator).then(|| {
            view! {
                <form method="post" action=format!("{path}/delete")>
                    <button class="quiet" type="submit">"Delete for everyone"</button>
                </form>
            }
        });
        let deeds = (!message.deleted && message.line.is_none()).then(|| {
            view! {
                <form class="menu-reactions" method="post" action=format!("{path}/reactions") aria-label="React">
                    {reactions}
                </form>
                <p class="message-replies">
                    <a class="button" href=format!("/chats/{id}?reply={}", message.id)>"Reply"</a>
                    " "
                    <a class="button" href=format!("/chats/{id}/photo?reply={}", message.id)>"Reply with a photo"</a>
                </p>
                {edit}
                {delete}
            }
        });
        view! {
            <div class="message-page stack">
                <header class="room-head">
                    <a class="icon-button" href=back aria-label="Back to the chat">{icon(Icon::Back)}</a>
                    <h1>"A message"</h1>
                </header>
                {form_alert(&refused)}
                <div class="log-inner" inner_html=entries></div>
                {deeds}
            </div>
        }
    }
}
