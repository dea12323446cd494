//! Reading what comes over the socket. The derived reader of a tagged enum holds everything twice, which in the browser costs more
//! than it is worth: here the tag is read first, then what belongs to it.

use balloond_shared::{
    ChatId, ErrorCode, UserId,
    chat::{Message, ReadCursor},
    event::ServerEvent,
};
use serde::Deserialize;

/// What came over the socket.
pub struct Heard {
    /// Its `type`.
    pub kind: String,
    /// What it says, where more than its kind is looked at.
    pub event: Option<ServerEvent>,
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "type")]
    kind: String,
}

/// All the small parts that events have.
#[derive(Deserialize)]
struct Parts {
    user: Option<UserId>,
    chat: Option<ChatId>,
    sender: Option<UserId>,
    head: Option<i64>,
    seq: Option<i64>,
    code: Option<ErrorCode>,
}

#[derive(Deserialize)]
struct WithMessage {
    message: Message,
}

#[derive(Deserialize)]
struct Online {
    chat: ChatId,
    online: Option<Vec<UserId>>,
}

fn part<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// `None` for what is no event at all.
#[must_use]
pub fn decode(text: &str) -> Option<Heard> {
    let Tag { kind } = part(text)?;
    let event = event(&kind, text);
    Some(Heard { kind, event })
}

/// `None` for what is not known, for what the server shows or nobody here needs, and for every `error` but that the database is away:
/// what we send is right, and there is nobody to tell.
fn event(kind: &str, text: &str) -> Option<ServerEvent> {
    match kind {
        "message" => return part(text).map(|WithMessage { message }| ServerEvent::Message { message }),
        "presence" => return part(text).map(|Online { chat, online }| ServerEvent::Presence { chat, online }),
        _ => {}
    }
    let Parts { user, chat, sender, head, seq, code } = part(text)?;
    Some(match kind {
        "ready" => ServerEvent::Ready { user: user? },
        "subscribed" => ServerEvent::Subscribed { chat: chat?, head: head? },
        "activity" => ServerEvent::Activity { chat: chat?, seq: seq?, sender: sender? },
        "read" => ServerEvent::Read { chat: chat?, cursor: ReadCursor { user: user?, seq: seq? } },
        "typing" => ServerEvent::Typing { chat: chat?, user: user? },
        "chat_opened" => ServerEvent::ChatOpened { chat: chat? },
        "chat_changed" => ServerEvent::ChatChanged { chat: chat? },
        "chat_closed" => ServerEvent::ChatClosed { chat: chat? },
        "resync" => ServerEvent::Resync { chat },
        "error" if code == Some(ErrorCode::Unavailable) => {
            ServerEvent::Error { code: ErrorCode::Unavailable, message: String::new() }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use balloond_shared::{BalloonId, ClientId, MessageId};
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
