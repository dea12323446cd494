//! One message, as a bubble in its chat.

use balloond_shared::{ChatId, MessageId, UserId, chat::MessagePhoto, rich_text};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::bubbles::{Bubble, Quoted, Reacted, anchor};

/// What is offered to react with.
pub const REACTIONS: [&str; 6] = ["👍", "🎈", "😂", "😮", "😢", "🙏"];

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

/// Whose page it is, and what the people on it are called.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub chat: ChatId,
    pub me: UserId,
    pub name_of: &'a dyn Fn(UserId) -> String,
    /// Of more than two: each bubble says whose it is.
    pub is_group: bool,
}

impl Scene<'_> {
    fn called(&self, user: UserId) -> String {
        if user == self.me { "You".to_owned() } else { (self.name_of)(user) }
    }

    fn path(&self, message: MessageId) -> String {
        format!("/chats/{}/messages/{message}", self.chat)
    }
}

/// A bubble with the line of its day above it. `mark`: beside it; `trouble`: under it.
pub fn bubble_view(bubble: Bubble, scene: Scene<'_>, mark: Option<AnyView>, trouble: Option<AnyView>) -> AnyView {
    let new = bubble.is_first_new.then(|| view! { <p class="day new"><span>"New since you were here"</span></p> });
    let day = bubble.day.map(|day| view! { <p class="day"><span>{day}</span></p> });
    if let Some(line) = bubble.line {
        return view! { {day} <p class="happened" id=anchor(bubble.client_id)>{line}</p> }.into_any();
    }
    let is_gone = bubble.body.is_empty() && bubble.photo.is_none();
    let class = [
        ("bubble", true),
        ("mine", bubble.sender == scene.me),
        ("opens", bubble.opens),
        ("closes", bubble.closes),
        ("note", bubble.is_note),
        ("gone", is_gone),
    ]
    .into_iter()
    .filter_map(|(class, on)| on.then_some(class))
    .collect::<Vec<_>>()
    .join(" ");
    let who = scene.called(bubble.sender);
    let path =
        bubble.stored.0.filter(|_| !is_gone).map_or_else(|| format!("/chats/{}", scene.chat), |id| scene.path(id));
    let names_sender = scene.is_group && bubble.opens && bubble.sender != scene.me;
    let photo = bubble.stored.0.zip(bubble.photo).map(|(id, photo)| photo_view(&photo, &scene.path(id), &who));
    let says_nothing = bubble.body.is_empty() && photo.is_some();
    let quote = bubble.quoted.map(|quoted| quote_view(quoted, scene));
    let reactions = bubble.stored.0.filter(|_| !bubble.reactions.is_empty());
    let reactions = reactions.map(|id| reactions_view(bubble.reactions, scene.path(id)));
    view! {
        {new}
        {day}
        <div class=class id=anchor(bubble.client_id)>
            {names_sender.then(|| view! { <p class="bubble-name" aria-hidden="true">{who.clone()}</p> })}
            {bubble.is_note.then(|| view! { <p class="note-origin">{icon(Icon::Balloon)} {format!("{who} floated this.")}</p> })}
            <div class="paper">
                {quote}
                {photo}
                <p class="bubble-body" hidden=says_nothing>
                    <span class="hidden">{format!("{who}: ")}</span>
                    <span inner_html=body_html(&bubble.body)></span>
                </p>
            </div>
            <p class="bubble-side">
                <span class="bubble-clock">{bubble.clock}</span>
                {bubble.is_edited.then_some("edited")}
                {mark}
                <a class="bubble-more" href=path aria-label="What to do with this message">"⋯"</a>
            </p>
            {reactions}
            {trouble}
        </div>
    }
    .into_any()
}

/// Pixels that a photo is shown in at most.
const PHOTO_WIDTH: i32 = 320;
const PHOTO_HEIGHT: i32 = 400;

/// A photo over its placeholder, in the size that it will have; it leads to the large one.
fn photo_view(photo: &MessagePhoto, path: &str, who: &str) -> AnyView {
    let (width, height) = fitted(photo.width.max(1), photo.height.max(1));
    view! {
        <a class="bubble-photo" href=format!("{path}/photo/large")>
            <img class="bubble-placeholder" src=photo.placeholder.clone() alt="" />
            <img
                src=format!("{path}/photo/small")
                alt=format!("Photo by {who}")
                width=width
                height=height
                loading="lazy"
                decoding="async"
            />
        </a>
    }
    .into_any()
}

/// A photo's size, made smaller until it fits.
fn fitted(width: i32, height: i32) -> (i32, i32) {
    let width_first = PHOTO_WIDTH.min(width);
    let high = height * width_first / width;
    if high <= PHOTO_HEIGHT {
        (width_first, high.max(1))
    } else {
        ((width * PHOTO_HEIGHT / height).max(1), PHOTO_HEIGHT)
    }
}

fn body_html(body: &str) -> String {
    if body.is_empty() { "Message deleted".to_owned() } else { rich_text::html(body) }
}

fn quote_view(quoted: Quoted, scene: Scene<'_>) -> AnyView {
    let excerpt = if quoted.excerpt.is_empty() { "Message deleted".to_owned() } else { quoted.excerpt };
    view! {
        <a class="quote" href=quoted.href>
            <strong>{scene.called(quoted.sender)}</strong>
            " "
            {excerpt}
        </a>
    }
    .into_any()
}

/// Pressed, one gives the same reaction, or takes one's own back.
fn reactions_view(reactions: Vec<Reacted>, path: String) -> AnyView {
    let reactions = reactions.into_iter().map(|Reacted { emoji, count, mine }| {
        let label = format!("{emoji} {count}{}", if mine { ", yours too" } else { "" });
        view! {
            <button
                class="reaction"
                name=if mine { "remove" } else { "add" }
                value=emoji.clone()
                aria-pressed=if mine { "true" } else { "false" }
                aria-label=label
            >
                {format!("{emoji} {count}")}
            </button>
        }
    });
    let reactions: Vec<_> = reactions.collect();
    view! { <form class="reactions" method="post" action=format!("{path}/reactions")>{reactions}</form> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_keeps_its_proportions() {
        assert_eq!(fitted(1600, 800), (320, 160));
        assert_eq!(fitted(800, 1600), (200, 400));
        assert_eq!(fitted(40, 30), (40, 30));
        assert_eq!(fitted(1, 8192), (1, 400));
    }
}
