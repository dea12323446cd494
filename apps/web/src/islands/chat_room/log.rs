//! The messages of an open chat.

use balloond_shared::{ClientId, timeline::Timeline};
use leptos::{ev, prelude::*};

use super::{super::derived::words, menu::Menu, room::Room};
use crate::{
    bubbles::Bubble,
    components::{
        bubble::{Mark, Scene, bubble_view, mark_view},
        icon::{Icon, icon},
    },
};

#[component]
pub fn Log(room: Room) -> impl IntoView {
    let load = move |event: ev::MouseEvent| {
        event.prevent_default();
        room.load_older();
    };
    let older = move || {
        room.timeline.with(Timeline::older_than).map(|before| {
            view! {
                <p class="older">
                    <a href=format!("/chats/{}?before={before}", room.chat) on:click=load>
                        {words(move || if room.loading_older.get() { "Loading…" } else { "Earlier messages" }.to_owned())}
                    </a>
                </p>
            }
        })
    };
    view! {
        <div class="log-place">
            <div
                class="log"
                role="log"
                aria-label="Messages"
                aria-relevant="additions"
                tabindex="0"
                node_ref=room.log
                on:scroll=move |_| room.scrolled()
                on:click=move |event| room.clicked(&event)
            >
                <div class="log-inner">
                    {older}
                    <For each=move || room.bubbles.get() key=Bubble::clone let:bubble>
                        <Entry room bubble />
                    </For>
                </div>
            </div>
            <Menu room />
            {move || {
                Some(room.unseen.get())
                    .filter(|unseen| *unseen > 0)
                    .map(|unseen| {
                        view! {
                            <button class="chip" type="button" on:click=move |_| room.to_the_end()>
                                {icon(Icon::Down)}
                                {format!("{unseen} new")}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Entry(room: Room, bubble: Bubble) -> impl IntoView {
    let (client_id, closes) = (bubble.client_id, bubble.closes);
    let mine = bubble.sender == room.me;
    let mark = mine.then(|| (move || mark(room, client_id, closes)).into_any());
    let trouble = mine.then(|| (move || trouble(room, client_id)).into_any());
    let scene = Scene { chat: room.chat, me: room.me, name_of: &|user| room.name_of(user), is_group: room.is_group };
    bubble_view(bubble, scene, mark, trouble)
}

/// The mark of a message of one's own; in a group only the last has one, unless something is the matter.
fn mark(room: Room, client_id: ClientId, closes: bool) -> Option<impl IntoView> {
    let mark = room.mark(client_id);
    let is_shown = closes || matches!(mark, Mark::Failed(_) | Mark::Stalled);
    is_shown.then(|| mark_view(&mark))
}

/// Why a message did not go through, and what can be done.
fn trouble(room: Room, client_id: ClientId) -> Option<impl IntoView> {
    let reason = match room.mark(client_id) {
        Mark::Failed(reason) => reason,
        Mark::Stalled => "Not sent yet. It goes out as soon as it can.".to_owned(),
        Mark::Sending | Mark::Sent | Mark::Read => return None,
    };
    Some(view! {
        <p class="trouble">
            {reason}
            <button class="text-button" type="button" on:click=move |_| room.retry(client_id)>
                "Retry"
            </button>
            <button class="text-button" type="button" on:click=move |_| room.discard(client_id)>
                "Discard"
            </button>
        </p>
    })
}
