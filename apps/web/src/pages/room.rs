//! The room of an open chat, as the server draws it. In the browser `islands::chat_room` keeps it true.

use balloond_shared::ClientId;
use leptos::prelude::*;
use maud::{Markup, PreEscaped, html};

use super::document::json_in_script;
use crate::{
    components::{
        field::{rows_of, textarea_content},
        icon::{Icon, icon},
    },
    islands::ChatRoom,
    talk::{Beginning, Talk, name_of},
};

/// `client_id`: makes the plain form safe to send twice. `draft`: what it held when it was refused.
pub fn room<H: IntoView>(
    beginning: Beginning,
    title: String,
    client_id: ClientId,
    draft: &str,
    head: H,
) -> impl IntoView + use<H> {
    let label = if beginning.is_group { title } else { format!("Chat with {title}") };
    let data = json_in_script(&beginning);
    let composer = composer(&beginning, client_id, draft);
    view! {
        <section class="room" aria-label=label>
            <script type="application/json">{data}</script>
            <header class="room-head">
                {head}
                <p class="room-typing" role="status"></p>
            </header>
            <p class="connection" role="status">
                <span></span>
                <a href="/login" hidden>
                    "Log in again"
                </a>
            </p>
            <div class="log-place">
                <div class="log" role="log" aria-label="Messages" aria-relevant="additions" tabindex="0">
                    <div class="log-inner" inner_html=log_html(&Talk::new(beginning)).into_string()></div>
                </div>
                <div class="menu" role="group" aria-label="This message" tabindex="-1" hidden></div>
                <button class="chip" type="button" hidden>
                    {icon(Icon::Down)}
                    <span></span>
                </button>
            </div>
            {composer}
        </section>
        <ChatRoom />
    }
}

fn log_html(talk: &Talk) -> Markup {
    let (older, marks) = (talk.timeline.older_than(), talk.marks());
    html! {
        p.older hidden[older.is_none()] {
            a href={ "/chats/" (talk.chat) "?before=" (older.unwrap_or_default()) } { "Earlier messages" }
        }
        @for bubble in talk.bubbles() { div.entry { (PreEscaped(talk.entry_html(&bubble, &marks))) } }
    }
}

fn composer(beginning: &Beginning, client_id: ClientId, draft: &str) -> impl IntoView + use<> {
    let Beginning { chat, me, names, reply, refused, .. } = beginning;
    let answered = reply.as_ref().map(|quote| quote.id.to_string()).unwrap_or_default();
    let replying = reply.as_ref().map_or_else(String::new, |quote| {
        let name = if quote.sender == *me { "yourself" } else { name_of(names, quote.sender) };
        format!("Replying to {name}: {}", quote.excerpt)
    });
    view! {
        <form class="composer" method="post" action=format!("/chats/{chat}/messages")>
            <p class="error" id="body-error" role="alert" hidden=refused.is_none()>
                {refused.clone().unwrap_or_default()}
            </p>
            <p class="composing" hidden=reply.is_none()>
                <span>{replying}</span>
                <a class="icon-button" href=format!("/chats/{chat}") aria-label="Cancel">
                    {icon(Icon::Remove)}
                </a>
            </p>
            <input type="hidden" name="client_id" value=client_id.to_string() />
            <input type="hidden" name="reply_to" value=answered.clone() />
            <a
                class="icon-button attach"
                href=format!("/chats/{chat}/photo?reply={answered}")
                aria-label="Send a photo"
            >
                {icon(Icon::Photo)}
            </a>
            <label class="hidden" for="body">"Your message"</label>
            <textarea
                id="body"
                name="body"
                rows=rows_of(draft)
                placeholder="Write a message"
                autocomplete="off"
                required
                aria-describedby="body-error"
                aria-invalid=refused.is_some().then_some("true")
            >
                {textarea_content(draft)}
            </textarea>
            <button class="send" type="submit" aria-label="Send">
                {icon(Icon::Send)}
            </button>
        </form>
    }
}
