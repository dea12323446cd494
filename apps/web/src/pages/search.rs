//! What was said, found again.

use balloond_shared::{
    Page, UserId,
    chat::excerpt,
    search::{FoundMessage, SearchQuery},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::empty;
use crate::components::time::{Telling, moment};

/// `found`: none when nothing was asked for yet, or it was refused.
pub struct SearchPage {
    pub query: SearchQuery,
    pub found: Option<Page<FoundMessage>>,
    pub refused: Option<String>,
    pub me: UserId,
    pub now: DateTime<Utc>,
}

impl SearchPage {
    pub fn view(self) -> impl IntoView {
        let Self { query, found, refused, me, now } = self;
        let older = found.as_ref().and_then(|page| page.next.clone()).map(|next| {
            let chat = query.chat.map(|chat| format!("&chat={chat}")).unwrap_or_default();
            let encode = crate::server::encode_query;
            let path = format!("/search?q={}{chat}&cursor={}", encode(&query.q), encode(&next.0));
            view! { <p class="more"><a class="button" href=path rel="next">"Older ones"</a></p> }
        });
        let chat = query.chat.map(|chat| view! { <input type="hidden" name="chat" value=chat.to_string() /> });
        let results = found.map(|page| {
            if page.items.is_empty() {
                return empty("Nothing found", "Whole words are looked for, the last one may be a beginning.", None)
                    .into_any();
            }
            let entries: Vec<_> = page.items.into_iter().map(|found| entry(found, me, now)).collect();
            view! { <ol class="found" role="list">{entries}</ol> }.into_any()
        });
        let back = query.chat.map_or_else(|| "/chats".to_owned(), |chat| format!("/chats/{chat}"));
        let described = refused.is_some().then_some("q-error");
        view! {
            <div class="settings-page">
                <p><a href=back>"Back"</a></p>
                <h1>{if query.chat.is_some() { "Search this chat" } else { "Search your chats" }}</h1>
                <form class="search" method="get" action="/search" role="search">
                    {chat}
                    <input type="search" name="q" aria-label="Words" value=query.q aria-describedby=described aria-invalid=refused.is_some().then_some("true") />
                    <button class="primary" type="submit">"Search"</button>
                </form>
                {refused.map(|sentence| view! { <p class="error" id="q-error">{sentence}</p> })}
                {results}
                {older}
            </div>
        }
    }
}

fn entry(found: FoundMessage, me: UserId, now: DateTime<Utc>) -> impl IntoView {
    let FoundMessage { title, message } = found;
    let path = format!("/chats/{}?before={}", message.chat, message.seq + 1);
    let who = (message.sender == me).then_some("You: ");
    view! {
        <li>
            <a href=path>
                <span class="found-chat">{title}</span>
                <span class="soft">{moment(message.sent_at, Telling::Short, now)}</span>
                <span class="found-words">{who} {excerpt(message.words())}</span>
            </a>
        </li>
    }
}
