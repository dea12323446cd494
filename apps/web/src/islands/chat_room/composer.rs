//! Where a message is written, answered or edited.

use balloond_shared::{ClientId, MessageId, chat::Quote};
use leptos::{ev, prelude::*};

use super::{
    super::derived::{state, whether, words},
    room::Room,
};
use crate::{
    browser::{self, storage},
    components::{
        field::{live_error, textarea_content},
        icon::{Icon, icon},
    },
};

/// Lines that the field grows to.
const MOST_LINES: usize = 7;

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composing {
    New,
    Reply(Quote),
    Edit(MessageId),
}

#[component]
pub fn Composer(room: Room, client_id: ClientId, draft: String) -> impl IntoView {
    room.text.set(draft.clone());
    let said_typing_at = StoredValue::new(0_i64);
    Effect::new(move |_| {
        if let Some(kept) = storage::load::<String>(&room.draft_key())
            && room.text.with_untracked(String::is_empty)
        {
            room.write(kept);
        }
    });
    let typed = move |event: ev::Event| {
        let new = event_target_value(&event);
        if !new.trim().is_empty() {
            said_typing_at.set_value(room.say_typing(said_typing_at.get_value()));
        }
        room.keep_draft(&new);
        room.text.set(new);
    };
    let send = move || {
        room.submit();
        said_typing_at.set_value(0);
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let sends =
            event.key() == "Enter" && !event.shift_key() && !event.is_composing() && !browser::has_coarse_pointer();
        if sends {
            event.prevent_default();
            send();
        } else if event.key() == "ArrowUp" && room.text.with_untracked(String::is_empty) {
            event.prevent_default();
            room.edit_last();
        }
    };
    let rows = words(move || {
        let lines = room.text.with(|text| text.lines().count() + usize::from(text.ends_with('\n')));
        lines.clamp(1, MOST_LINES).to_string()
    });
    let answered = move || match room.composing.get() {
        Composing::Reply(quote) => quote.id.to_string(),
        _ => String::new(),
    };
    let photo_path = move || format!("/chats/{}/photo?reply={}", room.chat, answered());
    view! {
        <form
            class="composer"
            method="post"
            action=format!("/chats/{}/messages", room.chat)
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            {live_error(room.refused, Some("body-error".to_owned()))}
            <p class="composing" hidden=whether(move || room.composing.get() == Composing::New)>
                <span>{words(move || room.composing_line())}</span>
                <a
                    class="icon-button"
                    href=format!("/chats/{}", room.chat)
                    aria-label="Cancel"
                    on:click=move |event| {
                        event.prevent_default();
                        room.compose(Composing::New);
                    }
                >
                    {icon(Icon::Remove)}
                </a>
            </p>
            <input type="hidden" name="client_id" value=client_id.to_string() />
            <input type="hidden" name="reply_to" value=words(answered) />
            <a class="icon-button attach" href=words(photo_path) aria-label="Send a photo">
                {icon(Icon::Photo)}
            </a>
            <label class="hidden" for="body">"Your message"</label>
            <textarea
                id="body"
                name="body"
                rows=rows
                placeholder="Write a message"
                autocomplete="off"
                required
                node_ref=room.field
                aria-describedby="body-error"
                aria-invalid=state(move || room.refused.with(Option::is_some))
                on:input=typed
                on:keydown=on_key
            >
                {textarea_content(&draft)}
            </textarea>
            <button class="send" type="submit" aria-label="Send">
                {icon(Icon::Send)}
            </button>
        </form>
    }
}

impl Room {
    fn draft_key(self) -> String {
        format!("draft:{}", self.chat)
    }

    /// An edit is no draft: what was being written before comes back after it.
    fn keep_draft(self, text: &str) {
        if !matches!(self.composing.get_untracked(), Composing::Edit(_)) {
            storage::save(&self.draft_key(), Some(&text).filter(|text| !text.is_empty()));
        }
    }

    /// Puts a text into the field.
    fn write(self, text: String) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&text);
        }
        self.text.set(text);
    }

    pub fn focus_field(self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }

    /// Begins something else. What was written stays, but for an edit, which has a text of its own.
    pub fn compose(self, next: Composing) {
        let was_edit = matches!(self.composing.get_untracked(), Composing::Edit(_));
        self.refused.set(None);
        if let Composing::Edit(id) = &next {
            let body = self.timeline.with_untracked(|timeline| timeline.find(*id).map(|message| message.body.clone()));
            self.composing.set(next);
            self.write(body.unwrap_or_default());
        } else {
            self.composing.set(next);
            if was_edit {
                self.write(storage::load(&self.draft_key()).unwrap_or_default());
            }
        }
        self.focus_field();
    }

    /// Sends or saves what is in the field; what is not taken stays there, with the reason above it.
    fn submit(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let text = field.value();
        self.focus_field();
        if text.trim().is_empty() {
            return;
        }
        let taken = match self.composing.get_untracked() {
            Composing::Edit(id) => self.edit(id, text),
            Composing::Reply(quote) => self.send(&text, Some(quote.id)),
            Composing::New => self.send(&text, None),
        };
        match taken {
            Ok(()) => {
                if !matches!(self.composing.get_untracked(), Composing::Edit(_)) {
                    self.write(String::new());
                    self.keep_draft("");
                }
                self.compose(Composing::New);
            }
            Err(sentence) => self.refused.set(Some(sentence)),
        }
    }

    fn composing_line(self) -> String {
        match self.composing.get() {
            Composing::New => String::new(),
            Composing::Edit(_) => "Editing your message".to_owned(),
            Composing::Reply(quote) => {
                let name = if quote.sender == self.me { "yourself".to_owned() } else { self.name_of(quote.sender) };
                format!("Replying to {name}: {}", quote.excerpt)
            }
        }
    }
}
