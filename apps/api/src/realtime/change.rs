//! What a chat's sockets hear of its messages, encoded once however many they are.

use std::sync::OnceLock;

use balloond_shared::{ChatId, UserId, chat::Message, event::ServerEvent};
use bytes::Bytes;

use super::frame;

/// A new or changed message.
#[derive(Debug)]
pub struct Change {
    pub chat: ChatId,
    pub changed_seq: i64,
    seq: i64,
    sender: UserId,
    /// Changes what a list of chats shows: it is new, or reads differently.
    is_news: bool,
    /// The `message` event.
    pub frame: Bytes,
    activity: OnceLock<Bytes>,
}

impl Change {
    /// From the feed, whose encoding goes out as it is.
    pub fn heard(message: &Message, payload: &[u8]) -> Self {
        Self::new(message, frame::text(payload))
    }

    /// From the database.
    pub fn read(message: Message) -> Self {
        let mut change = Self::new(&message, Bytes::new());
        change.frame = frame::event(&ServerEvent::Message { message });
        change
    }

    fn new(message: &Message, frame: Bytes) -> Self {
        let Message { chat, seq, changed_seq, sender, .. } = *message;
        let is_news = seq == changed_seq || message.deleted || message.edited_at.is_some();
        Self { chat, changed_seq, seq, sender, is_news, frame, activity: OnceLock::new() }
    }

    /// The `activity` event; none for a reaction.
    pub fn activity(&self) -> Option<&Bytes> {
        self.is_news.then(|| {
            let Self { chat, seq, sender, .. } = *self;
            self.activity.get_or_init(|| frame::event(&ServerEvent::Activity { chat, seq, sender }))
        })
    }
}
