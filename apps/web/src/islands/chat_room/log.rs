//! The messages of an open chat.

use balloond_shared::timeline::Timeline;
use leptos::{ev, prelude::*};

use super::{super::derived::words, menu::Menu, room::Room};
use crate::{
    bubbles::Bubble,
    components::{
        bubble::{Scene, bubble_html},
        icon::{Icon, icon},
    },
};

#[component]
pub fn Log(room: Room) -> impl IntoView {
    room.keep_marks();
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

/// A bubble, and what stands above it. In the browser its `mark` is kept true by [`Room::keep_marks`].
#[component]
fn Entry(room: Room, bubble: Bubble) -> impl IntoView {
    let scene = Scene { chat: room.chat, me: room.me, name_of: &|user| room.name_of(user), is_group: room.is_group };
    let mark = room.mark_of(bubble.client_id).filter(|_| bubble.sender == room.me);
    view! { <div class="entry" inner_html=bubble_html(&bubble, scene, mark.as_ref()).into_string()></div> }
}
