//! Sending a photo into a chat.

use balloond_shared::{
    ClientId, UserId,
    chat::{Chat, Quote},
};
use leptos::prelude::*;

use super::chats::name_of;
use crate::components::{
    field::{Refused, TextField, form_alert},
    icon::{Icon, icon},
};

/// `reply`: what it answers; `body`: what was typed to say to it; `refused`: why it was not sent.
pub struct PhotoPage {
    pub chat: Chat,
    pub me: UserId,
    pub reply: Option<Quote>,
    pub body: String,
    pub refused: Refused,
}

impl PhotoPage {
    pub fn view(self) -> impl IntoView {
        let Self { chat, me, reply, body, refused } = self;
        let answered = reply.as_ref().map(|quote| quote.id.to_string()).unwrap_or_default();
        let quote = reply.map(|quote| {
            let who = if quote.sender == me { "yourself".to_owned() } else { name_of(&chat, quote.sender) };
            view! { <p class="soft">{format!("Replying to {who}: {}", quote.excerpt)}</p> }
        });
        let id = chat.summary.id;
        let wrong = refused.of("photo");
        view! {
            <div class="message-page stack">
                <header class="room-head">
                    <a class="icon-button" href=format!("/chats/{id}") aria-label="Back to the chat">{icon(Icon::Back)}</a>
                    <h1>{format!("A photo for {}", chat.summary.title)}</h1>
                </header>
                {form_alert(&refused)}
                {quote}
                <form class="stack" method="post" action=format!("/chats/{id}/photo") enctype="multipart/form-data">
                    <input type="hidden" name="client_id" value=ClientId::new().to_string() />
                    <input type="hidden" name="reply_to" value=answered />
                    <div class="field">
                        <label for="photo">"Photo"</label>
                        <input
                            id="photo"
                            type="file"
                            name="photo"
                            accept="image/jpeg,image/png,image/webp"
                            required
                            aria-invalid=wrong.is_some().then_some("true")
                            aria-describedby=if wrong.is_some() { "photo-hint photo-error" } else { "photo-hint" }
                        />
                        <p class="hint" id="photo-hint">"Only who is in this chat can see it. What a camera writes into it is taken out."</p>
                        {wrong.map(|sentence| view! { <p class="error" id="photo-error">{sentence}</p> })}
                    </div>
                    <TextField name="body" label="Words to it, if you like" value=body rows=3 error=refused.of("body") />
                    <button class="primary" type="submit">"Send"</button>
                </form>
            </div>
        }
    }
}
