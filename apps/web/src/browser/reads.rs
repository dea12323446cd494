//! What the API and the server tell, as the browser reads it.

use balloond_shared::{
    ChatId, ClientId, MessageId, PhotoId, UserId,
    chat::{Badges, Message, MessagePhoto, Messages, Quote, Reaction, ReadCursor, SendMessage},
    group::{GroupChange, GroupLine},
    outbox::{Delivery, Outgoing},
    photo::{Photo, PhotoUrls},
};

use super::json::{Json, Read};

macro_rules! ids {
    ($($name:ident),+) => {$(
        impl Read for $name {
            fn read(json: &Json) -> Option<Self> {
                String::read(json)?.parse().ok()
            }
        }
    )+};
}

ids!(ChatId, ClientId, MessageId, PhotoId, UserId);

impl Read for Message {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            id: json.get("id")?,
            chat: json.get("chat")?,
            seq: json.get("seq")?,
            changed_seq: json.get("changed_seq")?,
            sender: json.get("sender")?,
            client_id: json.get("client_id")?,
            body: json.get("body")?,
            sent_at: json.get("sent_at")?,
            edited_at: json.maybe("edited_at")?,
            deleted: json.maybe("deleted")?.unwrap_or_default(),
            photo: json.maybe("photo")?,
            line: json.maybe("line")?,
            reply_to: json.maybe("reply_to")?,
            reactions: json.maybe("reactions")?.unwrap_or_default(),
        })
    }
}

impl Read for MessagePhoto {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { width: json.get("width")?, height: json.get("height")?, placeholder: json.get("placeholder")? })
    }
}

impl Read for GroupChange {
    fn read(json: &Json) -> Option<Self> {
        Self::by_name(&String::read(json)?)
    }
}

impl Read for GroupLine {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            kind: json.get("kind")?,
            by: json.maybe("by")?,
            user: json.maybe("user")?,
            name: json.maybe("name")?,
            title: json.maybe("title")?,
        })
    }
}

impl Read for Quote {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            id: json.get("id")?,
            seq: json.get("seq")?,
            changed_seq: json.get("changed_seq")?,
            sender: json.get("sender")?,
            excerpt: json.get("excerpt")?,
        })
    }
}

impl Read for Reaction {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { emoji: json.get("emoji")?, users: json.get("users")? })
    }
}

impl Read for ReadCursor {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { user: json.get("user")?, seq: json.get("seq")? })
    }
}

impl Read for Messages {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            items: json.get("items")?,
            head: json.get("head")?,
            more: json.get("more")?,
            limited: json.maybe("limited")?.unwrap_or_default(),
            read: json.get("read")?,
        })
    }
}

impl Read for Badges {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { balloons: json.get("balloons")?, chats: json.get("chats")? })
    }
}

impl Read for SendMessage {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { client_id: json.get("client_id")?, body: json.get("body")?, reply_to: json.maybe("reply_to")? })
    }
}

impl Read for Delivery {
    fn read(json: &Json) -> Option<Self> {
        match String::read(json).as_deref() {
            Some("waiting") => Some(Self::Waiting),
            Some("sending") => Some(Self::Sending),
            Some(_) => None,
            None => json.get("failed").map(Self::Failed),
        }
    }
}

impl Read for Outgoing {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { message: json.get("message")?, delivery: json.get("delivery")? })
    }
}

impl Read for Photo {
    fn read(json: &Json) -> Option<Self> {
        let urls = json.part("urls")?;
        Some(Self {
            id: json.get("id")?,
            urls: PhotoUrls { thumb: urls.get("thumb")?, small: urls.get("small")?, large: urls.get("large")? },
            width: json.get("width")?,
            height: json.get("height")?,
            placeholder: json.get("placeholder")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use chrono::DateTime;
    use serde::Serialize;

    use super::*;
    use crate::browser::json::read;

    fn is_read_as_it_was_written<T: Read + Serialize + PartialEq + Debug>(value: &T) {
        assert_eq!(read::<T>(&serde_json::to_string(value).unwrap()).as_ref(), Some(value));
    }

    fn message() -> Message {
        Message {
            id: MessageId::new(),
            chat: ChatId::new(),
            seq: 3,
            changed_seq: 1 << 52,
            sender: UserId::new(),
            client_id: ClientId::new(),
            body: "“é” 🎈 \\\"".into(),
            sent_at: DateTime::UNIX_EPOCH,
            edited_at: None,
            deleted: false,
            photo: None,
            line: None,
            reply_to: None,
            reactions: vec![],
        }
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let (id, sender, user) = (MessageId::new(), UserId::new(), UserId::new());
        let full = Message {
            edited_at: DateTime::from_timestamp_millis(1_766_000_000_123),
            deleted: true,
            photo: Some(MessagePhoto { width: 640, height: 480, placeholder: "data:".into() }),
            reply_to: Some(Quote { id, seq: 1, changed_seq: 2, sender, excerpt: String::new() }),
            reactions: vec![Reaction { emoji: "🎈".into(), users: vec![user, sender] }],
            ..message()
        };
        let read = vec![ReadCursor { user, seq: 0 }];
        is_read_as_it_was_written(&message());
        is_read_as_it_was_written(&Messages { items: vec![full, message()], head: 9, more: true, limited: true, read });
        is_read_as_it_was_written(&Messages { items: vec![], head: 0, more: false, limited: false, read: vec![] });
    }

    #[test]
    fn every_line_of_a_group_is_read_as_it_was_written() {
        for kind in GroupChange::ALL {
            let line = GroupLine { kind, by: None, user: None, name: None, title: None };
            is_read_as_it_was_written(&line);
            let title = Some("Clocks".to_owned());
            is_read_as_it_was_written(&GroupLine {
                by: title.clone(),
                user: Some(UserId::new()),
                name: title.clone(),
                title,
                ..line
            });
        }
    }

    #[test]
    fn what_is_kept_is_read_as_it_was_written() {
        for delivery in [Delivery::Waiting, Delivery::Sending, Delivery::Failed("No.".into())] {
            for reply_to in [None, Some(MessageId::new())] {
                let message = SendMessage { client_id: ClientId::new(), body: "a\nb".into(), reply_to };
                is_read_as_it_was_written(&Outgoing { message, delivery: delivery.clone() });
            }
        }
        is_read_as_it_was_written(&Badges { balloons: 1, chats: 0 });
        let urls = PhotoUrls { thumb: "/t".into(), small: "/s".into(), large: "/l".into() };
        is_read_as_it_was_written(&Photo {
            id: PhotoId::new(),
            urls,
            width: 1,
            height: 2,
            placeholder: "data:".into(),
        });
    }

    #[test]
    fn what_is_wrong_is_not_read() {
        let right = serde_json::to_value(message()).unwrap();
        for (part, wrong) in [("id", "x".into()), ("seq", 1.5.into()), ("photo", true.into()), ("sent_at", 0.into())] {
            let mut value = right.clone();
            value[part] = wrong;
            assert_eq!(read::<Message>(&value.to_string()), None, "{part}");
        }
        assert_eq!(read::<Message>("[]"), None);
        assert_eq!(read::<Message>("{"), None);
    }
}
