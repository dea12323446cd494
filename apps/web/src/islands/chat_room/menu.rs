//! What can be done with a message.

use balloond_shared::{
    ClientId, MessageId,
    chat::{EditMessage, Message, Quote, excerpt},
};
use leptos::{ev, prelude::*, task::spawn_local};
use maud::{Markup, html};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::{composer::Composing, room::Room};
use crate::{
    browser::{self, api},
    components::{
        bubble::REACTIONS,
        icon::{Icon, drawn},
    },
};

/// The message that a menu is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    message: MessageId,
    /// Asked once more before it is deleted.
    deleting: bool,
}

/// What a menu offers for `message`: what is pressed tells what it is by its `value`.
fn menu_html(message: &Message, mine: bool, deleting: bool) -> Markup {
    let deeds: &[(&str, &str)] = match (deleting, mine, message.is_editable(browser::now())) {
        (true, ..) => &[("delete", "Delete for everyone"), ("close", "Keep it")],
        (false, true, true) => &[("reply", "Reply"), ("copy", "Copy"), ("edit", "Edit"), ("ask", "Delete")],
        (false, true, false) => &[("reply", "Reply"), ("copy", "Copy"), ("ask", "Delete")],
        (false, false, _) => &[("reply", "Reply"), ("copy", "Copy")],
    };
    let reactions: &[&str] = if deleting { &[] } else { &REACTIONS };
    html! {
        p.menu-message { (excerpt(message.words())) }
        @for emoji in reactions { button.emoji type="button" value=(emoji) { (emoji) } }
        @for (value, words) in deeds { button.button type="button" value=(value) { (words) } }
        button.icon-button type="button" value="close" aria-label="Close" { (drawn(Icon::Remove)) }
    }
}

impl Room {
    /// One menu for all messages. One that is open already stays as it is, with the focus in it.
    pub fn draw_menu(&self, chosen: Option<Chosen>) {
        if self.menu_shown.replace(chosen) == chosen {
            return;
        }
        let message =
            chosen.and_then(|chosen| self.talk.with_untracked(|talk| talk.timeline.find(chosen.message).cloned()));
        if let (Some(menu), Some(message), Some(chosen)) = (self.drawn.part(".menu"), &message, chosen) {
            menu.set_inner_html(&menu_html(message, message.sender == self.me, chosen.deleting).0);
        }
        self.drawn.show(".menu", message.is_some());
    }

    /// A click in the log: on a message's dots, on a reaction, on what helps one that did not go through, or on the way to history.
    pub fn clicked(&'static self, event: &ev::MouseEvent) {
        let Some(target) = target(event) else { return };
        let closest = |selector| target.closest(selector).ok().flatten();
        if closest(".older a").is_some() {
            event.prevent_default();
            return self.load_older();
        }
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
                self.choose(Chosen { message: message.id, deleting: false });
            }
        } else if let Some(reaction) = closest(".reaction") {
            event.prevent_default();
            self.react(&message, &reaction.get_attribute("value").unwrap_or_default());
        }
    }

    /// Tries a message again that did not go through, or lets it go.
    fn help(&'static self, deed: &Element) {
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
    fn message_at(&self, bubble: &Element) -> Option<Message> {
        let client_id = client_id_of(bubble)?;
        let mine = bubble.class_list().contains("mine");
        let fits = |message: &&Message| message.client_id == client_id && (message.sender == self.me) == mine;
        self.talk.with_untracked(|talk| talk.timeline.messages().rev().find(fits).cloned())
    }

    /// Something in the menu.
    pub fn pressed(&'static self, event: &Event) {
        let button = target(event).and_then(|target| target.closest("button").ok().flatten());
        let Some(value) = button.and_then(|button| button.get_attribute("value")) else { return };
        let chosen = self.status.with_untracked(|status| status.chosen);
        let message =
            chosen.and_then(|chosen| self.talk.with_untracked(|talk| talk.timeline.find(chosen.message).cloned()));
        let Some(message) = message else { return };
        if value == "ask" {
            return self.choose(Chosen { message: message.id, deleting: true });
        }
        self.close_menu();
        match value.as_str() {
            "reply" => self.compose(Composing::Reply(Quote::of(&message))),
            "copy" => drop(window().navigator().clipboard().write_text(&message.body)),
            "edit" => self.compose(Composing::Edit(message.id)),
            "delete" => self.change("DELETE", self.path_of(message.id), None),
            "close" => {}
            emoji => self.react(&message, emoji),
        }
    }

    /// Opens the menu and puts the focus into it.
    fn choose(&'static self, chosen: Chosen) {
        self.status.update(|status| status.chosen = Some(chosen));
        request_animation_frame(|| {
            if let Some(menu) = self.drawn.part(".menu").and_then(|menu| menu.dyn_into::<HtmlElement>().ok()) {
                let _ = menu.focus();
            }
        });
    }

    /// True when there was one.
    pub fn close_menu(&self) -> bool {
        let mut was_open = false;
        self.status.update(|status| was_open = status.chosen.take().is_some());
        self.focus_field();
        was_open
    }

    /// Edits the last message of one's own that can be.
    pub fn edit_last(&self) {
        let now = browser::now();
        let is_fit = |message: &&Message| message.sender == self.me && message.is_editable(now);
        let last =
            self.talk.with_untracked(|talk| talk.timeline.messages().rev().find(is_fit).map(|message| message.id));
        if let Some(last) = last {
            self.compose(Composing::Edit(last));
        }
    }

    /// Gives another text to a message, or says why not.
    pub fn edit(&'static self, id: MessageId, body: String) -> Result<(), String> {
        let request = EditMessage { body };
        request.parse().map_err(|errors| errors.of("body").unwrap_or_default().to_owned())?;
        self.change("PATCH", self.path_of(id), Some(api::encode(&request)));
        Ok(())
    }

    fn react(&'static self, message: &Message, emoji: &str) {
        let given =
            message.reactions.iter().any(|reaction| reaction.emoji == emoji && reaction.users.contains(&self.me));
        let emoji = String::from(js_sys::encode_uri_component(emoji));
        let method = if given { "DELETE" } else { "PUT" };
        self.change(method, format!("{}/reactions/{emoji}", self.path_of(message.id)), None);
    }

    fn path_of(&self, id: MessageId) -> String {
        format!("/chats/{}/messages/{id}", self.chat)
    }

    /// Asks for a change and takes what it answers; a refusal is told above the composer.
    fn change(&'static self, method: &'static str, path: String, body: Option<String>) {
        self.refuse(None);
        spawn_local(async move {
            match api::ask::<Message>(method, &path, body).await {
                Ok(message) => {
                    self.keep_place(false, |timeline| timeline.take_message(message));
                    self.close_gap();
                }
                Err(failure) => self.refuse(Some(failure.sentence())),
            }
        });
    }
}

fn target(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn client_id_of(bubble: &Element) -> Option<ClientId> {
    bubble.id().strip_prefix("m-")?.parse().ok()
}
