//! Says that somebody caught a balloon, on whichever page its writer is.

use std::{cell::Cell, rc::Rc};

use balloond_shared::{ChatId, UserId, event::ServerEvent};
use leptos::{prelude::document, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Element;

use super::{
    api,
    json::{Json, Read},
    realtime,
};

/// Of a chat that opened, what tells whose news it is.
struct Opened {
    title: String,
    last_message: Option<Note>,
}

struct Note {
    seq: i64,
    sender: UserId,
}

impl Read for Opened {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { title: json.get("title")?, last_message: json.maybe("last_message")? })
    }
}

impl Read for Note {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { seq: json.get("seq")?, sender: json.get("sender")? })
    }
}

/// Fills the page's toast (see `components::navigation`) and shows it.
pub fn keep_telling() {
    let reader = Rc::new(Cell::new(None));
    realtime::listen(move |heard| match heard.event {
        Some(ServerEvent::Ready { user }) => reader.set(Some(user)),
        Some(ServerEvent::ChatOpened { chat }) => {
            let reader = reader.get();
            spawn_local(async move {
                if let Some(by) = caught_by(chat, reader).await {
                    show(chat, &by);
                }
            });
        }
        _ => {}
    });
}

/// A chat begins with the note that was caught: only its writer has news in that.
async fn caught_by(chat: ChatId, reader: Option<UserId>) -> Option<String> {
    let opened: Opened = api::get(&format!("/chats/{chat}")).await.ok()?;
    let is_own_note = opened.last_message.is_some_and(|note| note.seq == 1 && Some(note.sender) == reader);
    is_own_note.then_some(opened.title)
}

fn show(chat: ChatId, by: &str) -> Option<()> {
    let toast = document().query_selector(".toast").ok()??;
    part(&toast, "span")?.set_text_content(Some(&format!("{by} caught your balloon.")));
    part(&toast, "a")?.set_attribute("href", &format!("/chats/{chat}")).ok()?;
    let closing = toast.clone();
    let close = Closure::once_into_js(move || closing.set_attribute("hidden", ""));
    part(&toast, "button")?.add_event_listener_with_callback("click", close.unchecked_ref()).ok()?;
    toast.remove_attribute("hidden").ok()
}

fn part(toast: &Element, selector: &str) -> Option<Element> {
    toast.query_selector(selector).ok()?
}
