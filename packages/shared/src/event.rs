//! What goes over the socket: JSON texts, told apart by `type`. The socket only tells; whatever changes something goes over HTTP.

use serde::{Deserialize, Serialize};

use crate::{
    ChatId, UserId,
    balloon::ReceivedBalloon,
    chat::{Message, ReadCursor},
    privacy::Privacy,
};

/// From us to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerEvent {
    /// The first event of every connection.
    Ready { user: UserId },
    /// You hear this chat from now on, and were sent all of it up to `head`.
    Subscribed { chat: ChatId, head: i64 },
    /// A new or changed message of a chat that you subscribed to.
    Message { message: Message },
    /// Something new in a chat of yours that you did not subscribe to.
    Activity { chat: ChatId, seq: i64, sender: UserId },
    /// A member read up to `seq`.
    Read {
        chat: ChatId,
        #[serde(flatten)]
        cursor: ReadCursor,
    },
    /// A member is typing; holds for five seconds.
    Typing { chat: ChatId, user: UserId },
    /// Who of a chat that you subscribed to is online, you aside; `null` when that is not known. Comes again when it changes.
    Presence { chat: ChatId, online: Option<Vec<UserId>> },
    /// What you let others see is this from now on.
    PrivacyChanged { privacy: Privacy },
    /// A balloon arrived for you.
    Balloon { balloon: ReceivedBalloon },
    /// A balloon that was waiting for you is gone: withdrawn, or answered on another device. `balloons` still wait.
    BalloonGone { balloon: crate::BalloonId },
    /// A chat opened: you caught a balloon, or yours was caught.
    ChatOpened { chat: ChatId },
    /// A chat is not there for you any more: a block stands between its two people, or you left the group or were removed.
    ChatClosed { chat: ChatId },
    /// A group's title, members or roles are others now: fetch it.
    ChatChanged { chat: ChatId },
    /// You may have missed something: fetch from your last `changed_seq` (of `chat`, or of all), and the badges.
    Resync {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatId>,
    },
    /// Your last text was not understood or not allowed.
    Error { code: crate::ErrorCode, message: String },
}

/// From a client to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientEvent {
    /// Hear a chat, beginning with what changed after `since`.
    Subscribe {
        chat: ChatId,
        #[serde(default)]
        since: i64,
    },
    Unsubscribe {
        chat: ChatId,
    },
    Typing {
        chat: ChatId,
    },
}
