//! Chats and their messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ChatId, ClientId, Emoji, MessageBody, MessageId, PhotoId, UserId,
    error::FieldErrors,
    group::{GroupLine, MemberRole},
    people::Person,
};

/// Messages a page of history, when nothing is asked for.
pub const HISTORY_LIMIT: i64 = 50;
/// Changes that catching up brings at most; beyond, it brings the newest window instead.
pub const CATCH_UP_LIMIT: i64 = 300;
/// Hours for which a message may be edited.
pub const EDITABLE_HOURS: i64 = 24;
/// Kinds of reactions that a message has at most.
pub const MAX_REACTION_KINDS: usize = 20;
/// Reactions of one person to one message at most.
pub const MAX_OWN_REACTIONS: usize = 3;
/// Characters of a quote.
const EXCERPT: usize = 140;
/// An unread count stops counting here.
pub const MAX_UNREAD: i64 = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Two people, opened by a catch.
    Direct,
    Group,
}

/// A message. `seq` is its place in the chat; `changed_seq` the chat's head at its last change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub chat: ChatId,
    pub seq: i64,
    pub changed_seq: i64,
    pub sender: UserId,
    /// As the sender's client made it.
    pub client_id: ClientId,
    /// Empty when it was deleted.
    pub body: String,
    pub sent_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<DateTime<Utc>>,
    /// Deleted for everyone: only its place is left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// It is a photo; `body` is what its sender says to it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<MessagePhoto>,
    /// It is none that somebody wrote, but what happened in the group: no text, not unread, and nothing can be done with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<GroupLine>,
    /// What it answers. A list of chats leaves this and the reactions out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

impl Message {
    /// What it says in words, as [`words`].
    #[must_use]
    pub fn words(&self) -> &str {
        words(&self.body, self.photo.is_some())
    }

    /// Its writer may still edit it, unless it was deleted.
    #[must_use]
    pub fn is_editable(&self, now: DateTime<Utc>) -> bool {
        !self.deleted && self.line.is_none() && now - self.sent_at < chrono::Duration::hours(EDITABLE_HOURS)
    }
}

/// A photo in a chat: for its members alone. `GET /chats/{chat}/messages/{message}/photo/{size}` leads them to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessagePhoto {
    /// Pixels of the large size.
    pub width: i32,
    pub height: i32,
    /// A `data:` URL of a few bytes, shown until the photo is there.
    pub placeholder: String,
}

/// The sizes of a photo in a chat: WebP, the longer side 640 and 1600 px at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhotoSize {
    Small,
    Large,
}

impl std::str::FromStr for PhotoSize {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "small" => Ok(Self::Small),
            "large" => Ok(Self::Large),
            _ => Err(()),
        }
    }
}

/// The beginning of a message, inside of one that answers it. Follows what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    pub id: MessageId,
    pub seq: i64,
    pub changed_seq: i64,
    pub sender: UserId,
    /// At most 140 characters; empty when it was deleted.
    pub excerpt: String,
}

impl Quote {
    /// The quote of a message as it is now.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let Message { id, seq, changed_seq, sender, .. } = *message;
        Self { id, seq, changed_seq, sender, excerpt: excerpt(message.words()) }
    }
}

/// What a message says in words: a photo without any is called one. Empty when it was deleted.
#[must_use]
pub fn words(body: &str, has_photo: bool) -> &str {
    if body.is_empty() && has_photo { "Photo" } else { body }
}

/// The beginning of a message's text.
#[must_use]
pub fn excerpt(body: &str) -> String {
    match body.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", body.get(..end).unwrap_or_default().trim_end()),
        None => body.to_owned(),
    }
}

/// Who reacted with one emoji, first come first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    pub emoji: String,
    pub users: Vec<UserId>,
}

/// How far a member has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadCursor {
    pub user: UserId,
    pub seq: i64,
}

/// A chat in a list: `GET /chats`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSummary {
    pub id: ChatId,
    pub kind: ChatKind,
    /// A group's title, or the other person's name.
    pub title: String,
    /// The other person, in a direct chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Person>,
    pub head: i64,
    /// How far you have read.
    pub read_seq: i64,
    /// Messages of others after `read_seq`; stops at 100.
    pub unread: i64,
    /// You do not want to be called to it: it is not counted among the chats with something unread.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// A group's photo: another id, another photo. `GET /chats/{chat}/photo/{size}` leads its members to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<PhotoId>,
    pub last_message: Option<Message>,
}

/// One chat: `GET /chats/{id}`, and what catching a balloon answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chat {
    #[serde(flatten)]
    pub summary: ChatSummary,
    pub members: Vec<Person>,
    /// Of a group's members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<MemberRole>,
    pub read: Vec<ReadCursor>,
}

/// `GET /chats/{id}/messages?before|since&limit`. Give at most one of `before` and `since`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub struct MessagesQuery {
    /// History: messages with a smaller `seq`, the newest of them.
    pub before: Option<i64>,
    /// Catching up: messages with a greater `changed_seq`, the oldest of them.
    pub since: Option<i64>,
    pub limit: Option<i64>,
}

/// A part of a chat: ascending by `seq` for history, by `changed_seq` for catching up (unless it is `limited`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Messages {
    pub items: Vec<Message>,
    /// The chat's head, read before the items: whatever came later has a greater `changed_seq`.
    pub head: i64,
    /// There is older history than this.
    pub more: bool,
    /// There were too many changes to bring: these are the newest messages instead, to begin anew with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
    pub read: Vec<ReadCursor>,
}

/// `POST /chats/{id}/messages`. 201, or 200 with the message first stored when `client_id` was there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"client_id": "019b0c6e-7a10-7b1e-9f34-53a7c2d8e6f1", "body": "Hello!"})))]
pub struct SendMessage {
    pub client_id: ClientId,
    /// 1 to 4000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub body: String,
    /// A message of the same chat that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

impl SendMessage {
    pub fn parse(&self) -> Result<MessageBody, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("body", MessageBody::parse(&self.body)).ok_or(errors)
    }
}

/// `POST /chats/{id}/photos`, the fields of a form beside the file `photo`. 201, or 200 with the message first stored when `client_id`
/// was there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendPhoto {
    pub client_id: ClientId,
    /// What to say to it: up to 4000 characters, or nothing.
    #[serde(default)]
    pub body: String,
    /// A message of the same chat that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

impl SendPhoto {
    /// What is said to it, if anything.
    pub fn parse(&self) -> Result<Option<MessageBody>, FieldErrors> {
        if self.body.trim().is_empty() {
            return Ok(None);
        }
        let mut errors = FieldErrors::default();
        errors.check("body", MessageBody::parse(&self.body)).map(Some).ok_or(errors)
    }
}

/// `PATCH /chats/{id}/messages/{message}`. For 24 hours, by its writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"body": "Hello there!"})))]
pub struct EditMessage {
    /// 1 to 4000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub body: String,
}

impl EditMessage {
    pub fn parse(&self) -> Result<MessageBody, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("body", MessageBody::parse(&self.body)).ok_or(errors)
    }
}

/// Reads the emoji of a reaction.
pub fn parse_reaction(emoji: &str) -> Result<Emoji, FieldErrors> {
    let mut errors = FieldErrors::default();
    errors.check("emoji", Emoji::parse(emoji)).ok_or(errors)
}

/// Adds or takes away somebody's reaction. `None` when there would be too many, `Some(false)` when nothing changed.
#[must_use]
pub fn react(reactions: &mut Vec<Reaction>, user: UserId, emoji: &Emoji, wanted: bool) -> Option<bool> {
    let given = reactions.iter().position(|reaction| reaction.emoji == emoji.as_str());
    let has = given.and_then(|at| reactions.get(at)).is_some_and(|reaction| reaction.users.contains(&user));
    if has == wanted {
        return Some(false);
    }
    let own = reactions.iter().filter(|reaction| reaction.users.contains(&user)).count();
    let kinds = reactions.len();
    match given.and_then(|at| reactions.get_mut(at)) {
        Some(reaction) if !wanted => reaction.users.retain(|other| *other != user),
        _ if own >= MAX_OWN_REACTIONS => return None,
        Some(reaction) => reaction.users.push(user),
        None if kinds >= MAX_REACTION_KINDS => return None,
        None => reactions.push(Reaction { emoji: emoji.as_str().to_owned(), users: vec![user] }),
    }
    reactions.retain(|reaction| !reaction.users.is_empty());
    Some(true)
}

/// `PUT /chats/{id}/read`. Never moves backwards, never past the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkRead {
    pub seq: i64,
}

/// `PUT /chats/{id}/mute`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mute {
    pub muted: bool,
}

/// The two numbers in the navigation: `GET /me/badges`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Badges {
    /// Balloons waiting for you.
    pub balloons: i64,
    /// Chats with something unread, those that you muted not among them.
    pub chats: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(text: &str) -> Emoji {
        Emoji::parse(text).unwrap()
    }

    #[test]
    fn a_quote_is_the_beginning() {
        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&"é".repeat(140)), "é".repeat(140));
        assert_eq!(excerpt(&format!("{} b", "é".repeat(139))), format!("{}…", "é".repeat(139)));
    }

    #[test]
    fn a_reaction_is_given_and_taken_once() {
        let (ada, ben, mut reactions) = (UserId::new(), UserId::new(), Vec::new());
        assert_eq!(react(&mut reactions, ada, &emoji("👍"), true), Some(true));
        assert_eq!(react(&mut reactions, ada, &emoji("👍"), true), Some(false));
        assert_eq!(react(&mut reactions, ben, &emoji("👍"), true), Some(true));
        assert_eq!(reactions, [Reaction { emoji: "👍".into(), users: vec![ada, ben] }]);
        assert_eq!(react(&mut reactions, ada, &emoji("👍"), false), Some(true));
        assert_eq!(react(&mut reactions, ada, &emoji("🎈"), false), Some(false));
        assert_eq!(react(&mut reactions, ben, &emoji("👍"), false), Some(true));
        assert_eq!(reactions, []);
    }

    #[test]
    fn there_are_only_so_many() {
        let (ada, mut reactions) = (UserId::new(), Vec::new());
        for kind in ["👍", "🎈", "😂"] {
            assert_eq!(react(&mut reactions, ada, &emoji(kind), true), Some(true));
        }
        assert_eq!(react(&mut reactions, ada, &emoji("😢"), true), None);
        for kind in '\u{1F400}'..='\u{1F410}' {
            assert_eq!(react(&mut reactions, UserId::new(), &emoji(&kind.to_string()), true), Some(true));
        }
        assert_eq!(react(&mut reactions, UserId::new(), &emoji("😢"), true), None);
        assert_eq!(react(&mut reactions, UserId::new(), &emoji("👍"), true), Some(true));
    }
}
