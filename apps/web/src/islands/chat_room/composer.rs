//! Where a message is written.

use balloond_shared::ClientId;
use leptos::{ev, html, prelude::*};

use super::{
    super::derived::{state, words},
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

#[component]
pub fn Composer(room: Room, client_id: ClientId, draft: String, refused: Option<String>) -> impl IntoView {
    let text = RwSignal::new(draft.clone());
    let refused = RwSignal::new(refused);
    let field = NodeRef::<html::Textarea>::new();
    let said_typing_at = StoredValue::new(0_i64);
    let draft_key = format!("draft:{}", room.chat);

    let key = draft_key.clone();
    Effect::new(move |_| {
        if let (Some(kept), Some(field)) = (storage::load::<String>(&key), field.get_untracked())
            && field.value().is_empty()
        {
            field.set_value(&kept);
            text.set(kept);
        }
    });
    let write = move |new: String| {
        storage::save(&draft_key, Some(&new).filter(|text| !text.is_empty()));
        text.set(new);
    };
    let typed = {
        let write = write.clone();
        move |event: ev::Event| {
            let new = event_target_value(&event);
            if !new.trim().is_empty() {
                said_typing_at.set_value(room.say_typing(said_typing_at.get_value()));
            }
            write(new);
        }
    };
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        if field.value().trim().is_empty() {
            let _ = field.focus();
            return;
        }
        match room.send(&field.value()) {
            Ok(()) => {
                field.set_value("");
                write(String::new());
                refused.set(None);
                said_typing_at.set_value(0);
            }
            Err(sentence) => refused.set(Some(sentence)),
        }
        let _ = field.focus();
    };
    let on_key = {
        let send = send.clone();
        move |event: ev::KeyboardEvent| {
            let sends =
                event.key() == "Enter" && !event.shift_key() && !event.is_composing() && !browser::has_coarse_pointer();
            if sends {
                event.prevent_default();
                send();
            }
        }
    };
    let rows = words(move || {
        let lines = text.with(|text| text.lines().count() + usize::from(text.ends_with('\n')));
        lines.clamp(1, MOST_LINES).to_string()
    });
    let is_refused = move || refused.with(Option::is_some);
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
            {live_error(refused, Some("body-error".to_owned()))}
            <input type="hidden" name="client_id" value=client_id.to_string() />
            <label class="hidden" for="body">"Your message"</label>
            <textarea
                id="body"
                name="body"
                rows=rows
                placeholder="Write a message"
                autocomplete="off"
                required
                node_ref=field
                aria-describedby="body-error"
                aria-invalid=state(is_refused)
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
