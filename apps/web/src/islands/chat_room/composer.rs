//! Where a message is written, answered or edited.

use balloond_shared::{MessageId, chat::Quote};
use leptos::{ev, prelude::*};

use super::room::{Room, Status};
use crate::{
    browser::{self, storage},
    components::field::rows_of,
};

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composing {
    New,
    Reply(Quote),
    Edit(MessageId),
}

impl Room {
    pub fn bring_composer_to_life(&'static self) {
        self.drawn.hear(".composer", "submit", |event: ev::SubmitEvent| {
            event.prevent_default();
            self.submit();
        });
        self.drawn.hear(".composing a", "click", |event: ev::MouseEvent| {
            event.prevent_default();
            self.compose(Composing::New);
        });
        browser::drawn::hear(&self.field, "input", |_: ev::Event| self.typed());
        browser::drawn::hear(&self.field, "keydown", |event: ev::KeyboardEvent| self.key_in_field(&event));
        // What the server or the browser put there goes before what the tab remembers.
        let there = Some(self.field.value()).filter(|there| !there.is_empty());
        self.write(&there.or_else(|| storage::load(&self.draft_key())).unwrap_or_default());
    }

    pub fn draw_composer(&self, status: &Status) {
        let (words, answered) = match &status.composing {
            Composing::New => (String::new(), String::new()),
            Composing::Edit(_) => ("Editing your message".to_owned(), String::new()),
            Composing::Reply(quote) => {
                let name = if quote.sender == self.me { "yourself".to_owned() } else { self.name_of(quote.sender) };
                (format!("Replying to {name}: {}", quote.excerpt), quote.id.to_string())
            }
        };
        self.drawn.show(".composing", !words.is_empty());
        self.drawn.say(".composing span", &words);
        self.drawn.set("[name=reply_to]", "value", Some(&answered));
        self.drawn.set(".attach", "href", Some(&format!("/chats/{}/photo?reply={answered}", self.chat)));
        self.drawn.show("#body-error", status.refused.is_some());
        self.drawn.say("#body-error", status.refused.as_deref().unwrap_or_default());
        self.drawn.set("#body", "aria-invalid", status.refused.as_ref().map(|_| "true"));
    }

    fn typed(&self) {
        let text = self.field.value();
        if !text.trim().is_empty() {
            self.say_typing();
        }
        self.keep_draft(&text);
        self.field.set_rows(rows_of(&text));
    }

    fn key_in_field(&'static self, event: &ev::KeyboardEvent) {
        let sends =
            event.key() == "Enter" && !event.shift_key() && !event.is_composing() && !browser::has_coarse_pointer();
        if sends {
            event.prevent_default();
            self.submit();
        } else if event.key() == "ArrowUp" && self.field.value().is_empty() {
            event.prevent_default();
            self.edit_last();
        }
    }

    fn draft_key(&self) -> String {
        format!("draft:{}", self.chat)
    }

    fn is_editing(&self) -> bool {
        self.status.with_untracked(|status| matches!(status.composing, Composing::Edit(_)))
    }

    /// An edit is no draft: what was being written before comes back after it.
    fn keep_draft(&self, text: &str) {
        if !self.is_editing() {
            storage::save(&self.draft_key(), Some(&text).filter(|text| !text.is_empty()));
        }
    }

    /// Puts a text into the field.
    fn write(&self, text: &str) {
        self.field.set_value(text);
        self.field.set_rows(rows_of(text));
    }

    pub fn focus_field(&self) {
        let _ = self.field.focus();
    }

    /// Says why what was asked for last was not done.
    pub fn refuse(&self, refused: Option<String>) {
        self.status.update(|status| status.refused = refused);
    }

    /// Begins something else. What was written stays, but for an edit, which has a text of its own.
    pub fn compose(&self, next: Composing) {
        let was_edit = self.is_editing();
        if let Composing::Edit(id) = next {
            self.talk.with_untracked(|talk| self.write(talk.timeline.find(id).map_or("", |message| &message.body)));
        } else if was_edit {
            self.write(&storage::load::<String>(&self.draft_key()).unwrap_or_default());
        }
        self.status.update(|status| {
            status.refused = None;
            status.composing = next;
        });
        self.focus_field();
    }

    /// Sends or saves what is in the field; what is not taken stays there, with the reason above it.
    fn submit(&'static self) {
        let text = self.field.value();
        self.focus_field();
        if text.trim().is_empty() {
            return;
        }
        let taken = match self.status.with_untracked(|status| status.composing.clone()) {
            Composing::Edit(id) => self.edit(id, text),
            Composing::Reply(quote) => self.send(&text, Some(quote.id)),
            Composing::New => self.send(&text, None),
        };
        match taken {
            Ok(()) => {
                self.said_typing_at.set(0);
                if !self.is_editing() {
                    self.write("");
                    self.keep_draft("");
                }
                self.compose(Composing::New);
            }
            Err(sentence) => self.refuse(Some(sentence)),
        }
    }
}
