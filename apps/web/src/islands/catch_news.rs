//! Says that somebody caught a balloon, on whichever page its writer is.

use balloond_shared::{ChatId, UserId, chat::ChatSummary, event::ServerEvent};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{api, realtime},
    components::icon::{Icon, icon},
};

#[island]
pub fn CatchNews() -> impl IntoView {
    let caught = RwSignal::new(None::<Caught>);
    Effect::new(move |_| tell_of_catches(caught));
    view! {
        <div class="toast-place" role="status">
            {move || caught.get().map(|news| toast(news, caught))}
        </div>
    }
}

/// Somebody caught a balloon of the reader's.
#[derive(Clone, Debug)]
struct Caught {
    chat: ChatId,
    by: String,
}

fn toast(news: Caught, caught: RwSignal<Option<Caught>>) -> impl IntoView {
    view! {
        <div class="toast">
            <span>{news.by} " caught your balloon."</span>
            <a href=format!("/chats/{}", news.chat)>"Open the chat"</a>
            <button class="icon-button" type="button" aria-label="Close" on:click=move |_| caught.set(None)>
                {icon(Icon::Remove)}
            </button>
        </div>
    }
}

fn tell_of_catches(caught: RwSignal<Option<Caught>>) {
    let reader = StoredValue::new(None::<UserId>);
    realtime::listen(move |event| match event {
        ServerEvent::Ready { user } => reader.set_value(Some(*user)),
        ServerEvent::ChatOpened { chat } => {
            let chat = *chat;
            spawn_local(async move {
                if let Some(news) = of_another(chat, reader.get_value()).await {
                    caught.set(Some(news));
                }
            });
        }
        _ => {}
    });
}

/// A chat begins with the note that was caught: only its writer has news in that.
async fn of_another(chat: ChatId, reader: Option<UserId>) -> Option<Caught> {
    let opened: ChatSummary = api::get(&format!("/chats/{chat}")).await.ok()?;
    let is_own_note = opened.last_message.is_some_and(|note| note.seq == 1 && Some(note.sender) == reader);
    is_own_note.then_some(Caught { chat, by: opened.title })
}
