//! One message, as a bubble in its chat. Written as text and not as views: it stands fifty times on a page, and in the browser nothing of
//! it changes by itself but its mark.

use balloond_shared::{ChatId, MessageId, UserId, chat::MessagePhoto, rich_text};
use maud::{Markup, PreEscaped, html};

use super::icon::{Icon, drawn};
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
#[must_use]
pub fn mark_html(mark: &Mark) -> Markup {
    let (symbol, name, class) = mark.shown();
    html! { span class=(class) title=(name) { (drawn(symbol)) " " span.hidden { (name) } } }
}

/// Why a message did not go through, and what can be done; what is pressed tells what it is by its `value`.
#[must_use]
pub fn trouble_html(mark: &Mark) -> Markup {
    let reason = match mark {
        Mark::Failed(reason) => reason,
        Mark::Stalled => "Not sent yet. It goes out as soon as it can.",
        Mark::Sending | Mark::Sent | Mark::Read => return Markup::default(),
    };
    html! {
        (reason)
        button.text-button type="button" value="retry" { "Retry" }
        button.text-button type="button" value="discard" { "Discard" }
    }
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

/// A bubble with the line of its day above it. `mark`: of a message of one's own, where that is shown.
#[must_use]
pub fn bubble_html(bubble: &Bubble, scene: Scene<'_>, mark: Option<&Mark>) -> Markup {
    html! {
        @if bubble.is_first_new { p.day.new { span { "New since you were here" } } }
        @if let Some(day) = &bubble.day { p.day { span { (day) } } }
        @match &bubble.line {
            Some(line) => { p.happened id=(anchor(bubble.client_id)) { (line) } },
            None => { (said(bubble, scene, mark)) },
        }
    }
}

fn said(bubble: &Bubble, scene: Scene<'_>, mark: Option<&Mark>) -> Markup {
    let is_gone = bubble.body.is_empty() && bubble.photo.is_none();
    let mine = bubble.sender == scene.me;
    let who = scene.called(bubble.sender);
    let path = bubble.stored.0.map(|id| scene.path(id));
    let photo = path.as_deref().zip(bubble.photo.as_ref());
    let more = path.clone().filter(|_| !is_gone).unwrap_or_else(|| format!("/chats/{}", scene.chat));
    html! {
        div.bubble.mine[mine].opens[bubble.opens].closes[bubble.closes].note[bubble.is_note].gone[is_gone] id=(anchor(bubble.client_id)) {
            @if scene.is_group && bubble.opens && !mine { p.bubble-name aria-hidden="true" { (who) } }
            @if bubble.is_note { p.note-origin { (drawn(Icon::Balloon)) " " (who) " floated this." } }
            div.paper {
                @if let Some(quoted) = &bubble.quoted { (quote_html(quoted, scene)) }
                @if let Some((path, photo)) = photo { (photo_html(photo, path, &who)) }
                p.bubble-body hidden[bubble.body.is_empty() && photo.is_some()] {
                    span.hidden { (who) ": " }
                    span { (body_html(&bubble.body)) }
                }
            }
            p.bubble-side {
                span.bubble-clock { (bubble.clock) }
                @if bubble.is_edited { "edited" }
                @if let Some(mark) = mark { span.bubble-mark { (mark_html(mark)) } }
                a.bubble-more href=(more) aria-label="What to do with this message" { "⋯" }
            }
            @if let Some(path) = path.filter(|_| !bubble.reactions.is_empty()) { (reactions_html(&bubble.reactions, &path)) }
            @if let Some(mark) = mark { p.trouble { (trouble_html(mark)) } }
        }
    }
}

/// Pixels that a photo is shown in at most.
const PHOTO_WIDTH: i32 = 320;
const PHOTO_HEIGHT: i32 = 400;

/// A photo over its placeholder, in the size that it will have; it leads to the large one.
fn photo_html(photo: &MessagePhoto, path: &str, who: &str) -> Markup {
    let (width, height) = fitted(photo.width.max(1), photo.height.max(1));
    html! {
        a.bubble-photo href={ (path) "/photo/large" } {
            img.bubble-placeholder src=(photo.placeholder) alt="";
            img src={ (path) "/photo/small" } alt={ "Photo by " (who) } width=(width) height=(height) loading="lazy" decoding="async";
        }
    }
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

fn body_html(body: &str) -> Markup {
    PreEscaped(if body.is_empty() { "Message deleted".to_owned() } else { rich_text::html(body) })
}

fn quote_html(quoted: &Quoted, scene: Scene<'_>) -> Markup {
    let excerpt = if quoted.excerpt.is_empty() { "Message deleted" } else { &quoted.excerpt };
    html! { a.quote href=(quoted.href) { strong { (scene.called(quoted.sender)) } " " (excerpt) } }
}

/// Pressed, one gives the same reaction, or takes one's own back.
fn reactions_html(reactions: &[Reacted], path: &str) -> Markup {
    html! {
        form.reactions method="post" action={ (path) "/reactions" } {
            @for Reacted { emoji, count, mine } in reactions {
                button.reaction
                    name=(if *mine { "remove" } else { "add" })
                    value=(emoji)
                    aria-pressed=(mine)
                    aria-label={ (emoji) " " (count) (if *mine { ", yours too" } else { "" }) }
                { (emoji) " " (count) }
            }
        }
    }
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
