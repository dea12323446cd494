//! Chats and their messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ChatId, ClientId, MessageBody, MessageId, UserId, error::FieldErrors, people::Person};

/// Messages a page of history, when nothing is asked for.
pub const HISTORY_LIMIT: i64 = 50;
/// Changes that catching up brings at most in one answer; beyond, `more` says to ask again.
pub const CATCH_UP_LIMIT: i64 = 300;
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
    pub body: String,
    pub sent_at: DateTime<Utc>,
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
    pub last_message: Option<Message>,
}

/// One chat: `GET /chats/{id}`, and what catching a balloon answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chat {
    #[serde(flatten)]
    pub summary: ChatSummary,
    pub members: Vec<Person>,
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

/// A part of a chat: ascending by `seq` for history, by `changed_seq` for catching up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Messages {
    pub items: Vec<Message>,
    /// The chat's head, read before the items: whatever came later has a greater `changed_seq`.
    pub head: i64,
    /// There is more in the direction that was asked for.
    pub more: bool,
    pub read: Vec<ReadCursor>,
}

/// `POST /chats/{id}/messages`. 201, or 200 with the message first stored when `client_id` was there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendMessage {
    pub client_id: ClientId,
    /// 1 to 4000 characters.
    pub body: String,
}

impl SendMessage {
    pub fn parse(&self) -> Result<MessageBody, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("body", MessageBody::parse(&self.body)).ok_or(errors)
    }
}

/// `PUT /chats/{id}/read`. Never moves backwards, never past the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkRead {
    pub seq: i64,
}

/// The two numbers in the navigation: `GET /me/badges`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Badges {
    /// Balloons waiting for you.
    pub balloons: i64,
    /// Chats with something unread.
    pub chats: i64,
}
