//! Reading what comes over the socket: of all that the server may tell, what the browser acts on.

use balloond_shared::{ErrorCode, chat::ReadCursor, event::ServerEvent};

use super::json::{self, Json, Read};

/// What came over the socket.
pub struct Heard {
    /// Its `type`.
    pub kind: String,
    /// What it says, where more than its kind is looked at.
    pub event: Option<ServerEvent>,
}

impl Read for Heard {
    fn read(json: &Json) -> Option<Self> {
        let kind: String = json.get("type")?;
        let event = event(&kind, json);
        Some(Self { kind, event })
    }
}

/// `None` for what is no event at all.
#[must_use]
pub fn decode(text: &str) -> Option<Heard> {
    json::read(text)
}

/// `None` for what is not known, for what the server shows or nobody here needs, and for every `error` but that the database is away:
/// what we send is right, and there is nobody to tell.
fn event(kind: &str, json: &Json) -> Option<ServerEvent> {
    Some(match kind {
        "ready" => ServerEvent::Ready { user: json.get("user")? },
        "subscribed" => ServerEvent::Subscribed { chat: json.get("chat")?, head: json.get("head")? },
        "message" => ServerEvent::Message { message: json.get("message")? },
        "activity" => {
            ServerEvent::Activity { chat: json.get("chat")?, seq: json.get("seq")?, sender: json.get("sender")? }
        }
        "read" => ServerEvent::Read { chat: json.get("chat")?, cursor: ReadCursor::read(json)? },
        "typing" => ServerEvent::Typing { chat: json.get("chat")?, user: json.get("user")? },
        "presence" => ServerEvent::Presence { chat: json.get("chat")?, online: json.maybe("online")? },
        "chat_opened" => ServerEvent::ChatOpened { chat: json.get("chat")? },
        "chat_changed" => ServerEvent::ChatChanged { chat: json.get("chat")? },
        "chat_closed" => ServerEvent::ChatClosed { chat: json.get("chat")? },
        "resync" => ServerEvent::Resync { chat: json.maybe("chat")? },
        "error" if json.get::<String>("code")? == "unavailable" => {
            ServerEvent::Error { code: ErrorCode::Unavailable, message: String::new() }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use balloond_shared::{BalloonId, ChatId, ClientId, MessageId, UserId, chat::Message};
    use chrono::DateTime;

    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let (chat, user) = (ChatId::new(), UserId::new());
        let message = Message {
            id: MessageId::new(),
            chat,
            seq: 3,
            changed_seq: 4,
            sender: user,
            client_id: ClientId::new(),
            body: "\"type\":\"ready\"".into(),
            sent_at: DateTime::UNIX_EPOCH,
            edited_at: None,
            deleted: false,
            photo: None,
            line: None,
            reply_to: None,
            reactions: vec![],
        };
        for event in [
            ServerEvent::Ready { user },
            ServerEvent::Subscribed { chat, head: 7 },
            ServerEvent::Message { message },
            ServerEvent::Activity { chat, seq: 8, sender: user },
            ServerEvent::Read { chat, cursor: ReadCursor { user, seq: 9 } },
            ServerEvent::Typing { chat, user },
            ServerEvent::Presence { chat, online: Some(vec![user]) },
            ServerEvent::Presence { chat, online: None },
            ServerEvent::ChatOpened { chat },
            ServerEvent::ChatClosed { chat },
            ServerEvent::ChatChanged { chat },
            ServerEvent::Resync { chat: Some(chat) },
            ServerEvent::Resync { chat: None },
            ServerEvent::Error { code: ErrorCode::Unavailable, message: String::new() },
        ] {
            let heard = decode(&serde_json::to_string(&event).unwrap()).unwrap();
            assert_eq!(heard.event, Some(event));
        }
        let gone = serde_json::to_string(&ServerEvent::BalloonGone { balloon: BalloonId::new() }).unwrap();
        let error = ServerEvent::Error { code: ErrorCode::Malformed, message: "no".into() };
        let error = serde_json::to_string(&error).unwrap();
        for (text, kind) in [(&*gone, "balloon_gone"), (&error, "error"), (r#"{"type":"later"}"#, "later")] {
            let heard = decode(text).unwrap();
            assert_eq!((&*heard.kind, heard.event), (kind, None));
        }
        assert!(decode("{}").is_none());
    }
}
