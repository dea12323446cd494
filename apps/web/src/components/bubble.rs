//! One message, as a bubble in its chat.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::bubbles::Bubble;

/// Where a message of one's own stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Sending,
    /// No answer yet; it goes out again by itself.
    Stalled,
    Sent,
    Read,
    /// Refused, and why.
    Failed(String),
}

impl Mark {
    fn shown(&self) -> (Icon, &'static str, &'static str) {
        match self {
            Self::Sending => (Icon::Waiting, "Sending", "mark"),
            Self::Stalled => (Icon::Waiting, "Not sent yet", "mark stalled"),
            Self::Sent => (Icon::Sent, "Sent", "mark"),
            Self::Read => (Icon::Read, "Read", "mark read"),
            Self::Failed(_) => (Icon::Failed, "Not sent", "mark failed"),
        }
    }
}

/// The small mark of a message's state.
pub fn mark_view(mark: &Mark) -> impl IntoView + use<> {
    let (symbol, name, class) = mark.shown();
    view! { <span class=class title=name>{icon(symbol)} <span class="hidden">{name}</span></span> }
}

/// A bubble with the line of its day above it. `name`: its sender's; `mark`: beside it; `trouble`: under it.
pub fn bubble_view(
    bubble: Bubble,
    mine: bool,
    name: String,
    mark: Option<impl IntoView + 'static>,
    trouble: Option<impl IntoView + 'static>,
) -> impl IntoView {
    let class = [
        ("bubble", true),
        ("mine", mine),
        ("opens", bubble.opens),
        ("closes", bubble.closes),
        ("note", bubble.is_note),
    ]
    .into_iter()
    .filter_map(|(class, on)| on.then_some(class))
    .collect::<Vec<_>>()
    .join(" ");
    let who = if mine { "You".to_owned() } else { name };
    view! {
        {bubble.day.map(|day| view! { <p class="day"><span>{day}</span></p> })}
        <div class=class>
            {bubble.is_note.then(|| view! { <p class="note-origin">{icon(Icon::Balloon)} {format!("{who} floated this.")}</p> })}
            <p class="bubble-body"><span class="hidden">{format!("{who}: ")}</span> {bubble.body}</p>
            <p class="bubble-side"><span class="bubble-clock">{bubble.clock}</span> {mark}</p>
            {trouble}
        </div>
    }
}
