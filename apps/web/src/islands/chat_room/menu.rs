//! What can be done with a message.

use balloond_shared::{
    ClientId, MessageId,
    chat::{EditMessage, Message, Quote, excerpt},
    timeline::Timeline,
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::{composer::Composing, room::Room};
use crate::{
    browser::{self, api},
    components::{
        bubble::REACTIONS,
        icon::{Icon, icon},
    },
};

/// The message that a menu is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    message: MessageId,
    /// Asked once more before it is deleted.
    deleting: bool,
}

/// One place for all messages: what is pressed tells what it is by its `value`.
#[component]
pub fn Menu(room: Room) -> impl IntoView {
    move || {
        let chosen = room.chosen.get()?;
        let message = room.timeline.with_untracked(|timeline| timeline.find(chosen.message).cloned())?;
        let mine = message.sender == room.me;
        let deeds: &[(&str, &str)] = match (chosen.deleting, mine, message.is_editable(browser::now())) {
            (true, ..) => &[("delete", "Delete for everyone"), ("close", "Keep it")],
            (false, true, true) => &[("reply", "Reply"), ("copy", "Copy"), ("edit", "Edit"), ("ask", "Delete")],
            (false, true, false) => &[("reply", "Reply"), ("copy", "Copy"), ("ask", "Delete")],
            (false, false, _) => &[("reply", "Reply"), ("copy", "Copy")],
        };
        let reactions: &[&str] = if chosen.deleting { &[] } else { &REACTIONS };
        let buttons = reactions
            .iter()
            .map(|emoji| (*emoji, *emoji, "emoji"))
            .chain(deeds.iter().map(|(value, words)| (*value, *words, "button")));
        let buttons: Vec<_> = buttons
            .map(|(value, words, class)| view! { <button type="button" class=class value=value>{words}</button> })
            .collect();
        let words = excerpt(message.words());
        let pressed = move |event: ev::MouseEvent| room.pressed(&event, &message);
        Some(view! {
            <div class="menu" role="group" aria-label="This message" tabindex="-1" node_ref=room.menu on:click=pressed>
                <p class="menu-message">{words}</p>
                {buttons}
                <button type="button" class="icon-button" value="close" aria-label="Close">{icon(Icon::Remove)}</button>
            </div>
        })
    }
}

impl Room {
    /// A click on a message: on its dots, on a reaction, or on what helps one that did not go through.
    pub fn clicked(self, event: &ev::MouseEvent) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
        let closest = |selector| target.closest(selector).ok().flatten();
        if let Some(deed) = closest(".trouble button") {
            return self.help(&deed);
        }
        let Some(message) = closest(".bubble").and_then(|bubble| self.message_at(&bubble)) else { return };
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        if closest(".bubble-more").is_some() {
            event.prevent_default();
            if !message.deleted {
                self.chosen.set(Some(Chosen { message: message.id, deleting: false }));
                self.focus_menu();
            }
        } else if let Some(reaction) = closest(".reaction") {
            event.prevent_default();
            self.react(&message, &reaction.get_attribute("value").unwrap_or_default());
        }
    }

    /// Tries a message again that did not go through, or lets it go.
    fn help(self, deed: &web_sys::Element) {
        let bubble = deed.closest(".bubble").ok().flatten();
        let Some(client_id) = bubble.and_then(|bubble| client_id_of(&bubble)) else { return };
        match deed.get_attribute("value").as_deref() {
            Some("retry") => self.retry(client_id),
            Some("discard") => self.discard(client_id),
            _ => return,
        }
        self.focus_field();
    }

    /// The stored message of a bubble.
    fn message_at(self, bubble: &web_sys::Element) -> Option<Message> {
        let client_id = client_id_of(bubble)?;
        let mine = bubble.class_list().contains("mine");
        self.timeline.with_untracked(|timeline| {
            let fits = |message: &&Message| message.client_id == client_id && (message.sender == self.me) == mine;
            timeline.messages().rev().find(fits).cloned()
        })
    }

    fn pressed(self, event: &ev::MouseEvent, message: &Message) {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        let Some(value) = button.and_then(|button| button.get_attribute("value")) else { return };
        if value == "ask" {
            self.chosen.set(Some(Chosen { message: message.id, deleting: true }));
            return self.focus_menu();
        }
        self.close_menu();
        match value.as_str() {
            "reply" => self.compose(Composing::Reply(Quote::of(message))),
            "copy" => drop(window().navigator().clipboard().write_text(&message.body)),
            "edit" => self.compose(Composing::Edit(message.id)),
            "delete" => self.change("DELETE", self.path_of(message.id), None),
            "close" => {}
            emoji => self.react(message, emoji),
        }
    }

    fn focus_menu(self) {
        request_animation_frame(move || {
            if let Some(menu) = self.menu.get_untracked() {
                let _ = menu.focus();
            }
        });
    }

    /// True when there was one.
    pub fn close_menu(self) -> bool {
        let was_open = self.chosen.get_untracked().is_some();
        self.chosen.set(None);
        self.focus_field();
        was_open
    }

    /// Edits the last message of one's own that can be.
    pub fn edit_last(self) {
        let now = browser::now();
        let is_fit = |message: &&Message| message.sender == self.me && message.is_editable(now);
        let last =
            self.timeline.with_untracked(|timeline| timeline.messages().rev().find(is_fit).map(|message| message.id));
        if let Some(last) = last {
            self.compose(Composing::Edit(last));
        }
    }

    /// Gives another text to a message, or says why not.
    pub fn edit(self, id: MessageId, body: String) -> Result<(), String> {
        let request = EditMessage { body };
        request.parse().map_err(|errors| errors.of("body").unwrap_or_default().to_owned())?;
        self.change("PATCH", self.path_of(id), Some(api::encode(&request)));
        Ok(())
    }

    fn react(self, message: &Message, emoji: &str) {
        let given =
            message.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.users.contains(&self.me));
        let emoji = String::from(js_sys::encode_uri_component(emoji));
        let method = if given { "DELETE" } else { "PUT" };
        self.change(method, format!("{}/reactions/{emoji}", self.path_of(message.id)), None);
    }

    fn path_of(self, id: MessageId) -> String {
        format!("/chats/{}/messages/{id}", self.chat)
    }

    /// Asks for a change and takes what it answers; a refusal is told above the composer.
    fn change(self, method: &'static str, path: String, body: Option<String>) {
        self.refused.set(None);
        spawn_local(async move {
            match api::ask::<Message>(method, &path, body).await {
                Ok(message) => {
                    self.keep_place(false, || self.timeline.update(|timeline| timeline.take_message(message)));
                    if self.timeline.with_untracked(Timeline::has_gap) {
                        self.catch_up();
                    }
                }
                Err(failure) => self.refused.set(Some(failure.sentence())),
            }
        });
    }
}

fn client_id_of(bubble: &web_sys::Element) -> Option<ClientId> {
    bubble.id().strip_prefix("m-")?.parse().ok()
}
