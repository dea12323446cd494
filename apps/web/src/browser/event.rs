//! Reading what comes over the socket. The derived reader of a tagged enum holds everything twice, which in the browser costs more
//! than it is worth: here the tag is read first, then what belongs to it.

use balloond_shared::{
    BalloonId, ChatId, UserId,
    balloon::ReceivedBalloon,
    chat::{Message, ReadCursor},
    event::ServerEvent,
};
use serde::Deserialize;

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
}

#[derive(Deserialize)]
struct WithMessage {
    message: Message,
}

#[derive(Deserialize)]
struct WithBalloon {
    balloon: ReceivedBalloon,
}

#[derive(Deserialize)]
struct WithBalloonId {
    balloon: BalloonId,
}

fn part<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// `None` for what is not known, and for `error`: what we send is right, and there is nobody to tell.
#[must_use]
pub fn decode(text: &str) -> Option<ServerEvent> {
    let Tag { kind } = part(text)?;
    match kind.as_str() {
        "message" => return part(text).map(|WithMessage { message }| ServerEvent::Message { message }),
        "balloon" => return part(text).map(|WithBalloon { balloon }| ServerEvent::Balloon { balloon }),
        "balloon_gone" => return part(text).map(|WithBalloonId { balloon }| ServerEvent::BalloonGone { balloon }),
        _ => {}
    }
    let Parts { user, chat, sender, head, seq } = part(text)?;
    Some(match kind.as_str() {
        "ready" => ServerEvent::Ready { user: user? },
        "subscribed" => ServerEvent::Subscribed { chat: chat?, head: head? },
        "activity" => ServerEvent::Activity { chat: chat?, seq: seq?, sender: sender? },
        "read" => ServerEvent::Read { chat: chat?, cursor: ReadCursor { user: user?, seq: seq? } },
        "typing" => ServerEvent::Typing { chat: chat?, user: user? },
        "chat_opened" => ServerEvent::ChatOpened { chat: chat? },
        "chat_changed" => ServerEvent::ChatChanged { chat: chat? },
        "chat_closed" => ServerEvent::ChatClosed { chat: chat? },
        "resync" => ServerEvent::Resync { chat },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use balloond_shared::{ClientId, ErrorCode, MessageId, people::Person};
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
            reply_to: None,
            reactions: vec![],
        };
        let from =
            Person { id: user, name: "Ada".into(), age: 36, headline: String::new(), interests: vec![], photo: None };
        let balloon = ReceivedBalloon {
            id: BalloonId::new(),
            from,
            note: "é".into(),
            sent_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH,
            group: None,
        };
        for event in [
            ServerEvent::Ready { user },
            ServerEvent::Subscribed { chat, head: 7 },
            ServerEvent::Message { message },
            ServerEvent::Activity { chat, seq: 8, sender: user },
            ServerEvent::Read { chat, cursor: ReadCursor { user, seq: 9 } },
            ServerEvent::Typing { chat, user },
            ServerEvent::BalloonGone { balloon: balloon.id },
            ServerEvent::Balloon { balloon },
            ServerEvent::ChatOpened { chat },
            ServerEvent::ChatClosed { chat },
            ServerEvent::ChatChanged { chat },
            ServerEvent::Resync { chat: Some(chat) },
            ServerEvent::Resync { chat: None },
        ] {
            assert_eq!(decode(&serde_json::to_string(&event).unwrap()), Some(event));
        }
        let error = ServerEvent::Error { code: ErrorCode::Malformed, message: "no".into() };
        assert_eq!(decode(&serde_json::to_string(&error).unwrap()), None);
        assert_eq!(decode(r#"{"type":"later"}"#), None);
    }
}
