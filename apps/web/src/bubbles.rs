//! A chat as bubbles: messages grouped by person and minute under the lines of their days, what is on its way out at the end.

use std::hash::{Hash, Hasher};

use balloond_shared::{
    ClientId, MessageId, UserId,
    chat::{Message, MessagePhoto, Messages, Quote},
    group::GroupLine,
    outbox::{Delivery, Outbox},
};
use chrono::{DateTime, NaiveDate, Utc};

use crate::{components::bubble::Mark, when::Clock};

/// One bubble. It is the same for a message on its way out and for the same message stored, so that it stays where it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bubble {
    pub stored: Stored,
    pub client_id: ClientId,
    pub sender: UserId,
    /// Empty when it was deleted, or is a photo without words.
    pub body: String,
    /// `14:05`
    pub clock: String,
    /// The line above the first that its reader has not seen before.
    pub is_first_new: bool,
    /// The line above the first bubble of a day.
    pub day: Option<String>,
    /// The first of a group.
    pub opens: bool,
    /// The last of a group.
    pub closes: bool,
    /// The balloon's note, which opened the chat.
    pub is_note: bool,
    pub is_edited: bool,
    pub photo: Option<MessagePhoto>,
    pub quoted: Option<Quoted>,
    pub reactions: Vec<Reacted>,
    /// What happened in the group, instead of what somebody said.
    pub line: Option<String>,
}

/// What a message is known by once it is stored. Nothing that is seen, so it makes no bubble another.
#[derive(Clone, Copy, Debug)]
pub struct Stored(pub Option<MessageId>);

impl PartialEq for Stored {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Stored {}

impl Hash for Stored {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// What a message answers, and where that is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quoted {
    pub href: String,
    pub sender: UserId,
    /// Empty when it was deleted.
    pub excerpt: String,
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reacted {
    pub emoji: String,
    pub count: usize,
    pub mine: bool,
}

struct Draft<'a> {
    message: Option<&'a Message>,
    client_id: ClientId,
    sender: UserId,
    body: &'a str,
    at: DateTime<Utc>,
    is_note: bool,
    quoted: Option<Quoted>,
}

impl Draft<'_> {
    fn day(&self, clock: Clock) -> NaiveDate {
        clock.zone.day(self.at)
    }

    fn belongs_with(&self, other: &Self) -> bool {
        let minute = |draft: &Self| draft.at.timestamp().div_euclid(60);
        let is_said = |draft: &Self| !draft.is_note && draft.message.is_none_or(|message| message.line.is_none());
        self.sender == other.sender && minute(self) == minute(other) && is_said(self) && is_said(other)
    }
}

/// The bubbles of `messages`, oldest first, then of what `me` has on its way out.
#[must_use]
pub fn bubbles<'a>(
    messages: impl Iterator<Item = &'a Message>,
    outbox: &Outbox,
    me: UserId,
    clock: Clock,
    is_group: bool,
    first_new: Option<i64>,
) -> Vec<Bubble> {
    // A group begins without one.
    let is_note = !is_group;
    let messages: Vec<_> = messages.collect();
    let stored = messages.iter().map(|message| Draft {
        message: Some(message),
        client_id: message.client_id,
        sender: message.sender,
        body: &message.body,
        at: message.sent_at,
        is_note: is_note && message.seq == 1,
        quoted: message.reply_to.as_ref().map(|quote| quoted(&messages, message, quote)),
    });
    let outgoing = outbox.iter().map(|outgoing| Draft {
        message: None,
        client_id: outgoing.message.client_id,
        sender: me,
        body: &outgoing.message.body,
        at: made_at(outgoing.message.client_id).unwrap_or(clock.now),
        is_note: false,
        quoted: outgoing
            .message
            .reply_to
            .and_then(|id| messages.iter().find(|message| message.id == id))
            .map(|answered| quoted(&messages, answered, &Quote::of(answered))),
    });
    let drafts: Vec<_> = stored.chain(outgoing).collect();
    let before = std::iter::once(None).chain(drafts.iter().map(Some));
    let after = drafts.iter().skip(1).map(Some).chain(std::iter::once(None));
    drafts
        .iter()
        .zip(before.zip(after))
        .map(|(draft, (before, after))| Bubble {
            is_first_new: draft.message.is_some_and(|message| Some(message.seq) == first_new),
            ..bubble(draft, before, after, me, clock)
        })
        .collect()
}

fn bubble(
    draft: &Draft<'_>,
    before: Option<&Draft<'_>>,
    after: Option<&Draft<'_>>,
    me: UserId,
    clock: Clock,
) -> Bubble {
    let starts_day = before.is_none_or(|before| before.day(clock) != draft.day(clock));
    let reactions = draft.message.map(|message| message.reactions.as_slice()).unwrap_or_default();
    let reacted = reactions.iter().map(|reaction| Reacted {
        emoji: reaction.emoji.clone(),
        count: reaction.users.len(),
        mine: reaction.users.contains(&me),
    });
    Bubble {
        stored: Stored(draft.message.map(|message| message.id)),
        client_id: draft.client_id,
        sender: draft.sender,
        body: draft.body.to_owned(),
        is_first_new: false,
        clock: clock.zone.clock(draft.at),
        day: starts_day.then(|| clock.zone.day_name(draft.at, clock.now)),
        opens: before.is_none_or(|before| !draft.belongs_with(before)),
        closes: after.is_none_or(|after| !draft.belongs_with(after)),
        is_note: draft.is_note,
        is_edited: draft.message.is_some_and(|message| message.edited_at.is_some()),
        photo: draft.message.and_then(|message| message.photo.clone()),
        quoted: draft.quoted.clone(),
        reactions: reacted.collect(),
        line: draft.message.and_then(|message| message.line.as_ref()).map(GroupLine::words),
    }
}

/// The first message of another that `me` had not read when the page was asked for.
#[must_use]
pub fn first_new(messages: &Messages, me: UserId) -> Option<i64> {
    let read_to = messages.read.iter().find(|cursor| cursor.user == me).map_or(0, |cursor| cursor.seq);
    let is_new = |message: &&Message| {
        message.seq > read_to && message.sender != me && !message.deleted && message.line.is_none()
    };
    messages.items.iter().find(is_new).map(|message| message.seq)
}

/// Where each message of `me` stands: what is stored, oldest first, then what is on its way out. `read_to`: by everybody else.
#[must_use]
pub fn marks<'a>(
    messages: impl Iterator<Item = &'a Message>,
    outbox: &Outbox,
    me: UserId,
    read_to: i64,
    is_stalled: bool,
) -> Vec<(ClientId, Mark)> {
    let stored = messages.filter(|message| message.sender == me).map(|message| {
        let mark = if message.seq <= read_to { Mark::Read } else { Mark::Sent };
        (message.client_id, mark)
    });
    let outgoing = outbox.iter().map(|outgoing| {
        let mark = match &outgoing.delivery {
            Delivery::Failed(reason) => Mark::Failed(reason.clone()),
            _ if is_stalled => Mark::Stalled,
            _ => Mark::Sending,
        };
        (outgoing.message.client_id, mark)
    });
    stored.chain(outgoing).collect()
}

/// Where a message is found on its page.
#[must_use]
pub fn anchor(client_id: ClientId) -> String {
    format!("m-{client_id}")
}

/// What is quoted is on this page, or at the end of a page of history.
fn quoted(messages: &[&Message], by: &Message, quote: &Quote) -> Quoted {
    let here = messages.binary_search_by_key(&quote.seq, |message| message.seq).ok().and_then(|at| messages.get(at));
    let href = match here {
        Some(message) => format!("#{}", anchor(message.client_id)),
        None => format!("/chats/{}?before={}", by.chat, quote.seq + 1),
    };
    Quoted { href, sender: quote.sender, excerpt: quote.excerpt.clone() }
}

/// A client's id tells when it was made.
fn made_at(client_id: ClientId) -> Option<DateTime<Utc>> {
    let id = client_id.as_uuid();
    // RFC 9562, 5.7: milliseconds since 1970 in the first 48 bits.
    let millis = i64::try_from(id.as_u128() >> 80).ok().filter(|_| id.get_version_num() == 7)?;
    DateTime::from_timestamp_millis(millis)
}

#[cfg(test)]
mod tests {
    use balloond_shared::{ChatId, MessageId, chat::SendMessage};

    use super::*;
    use crate::when::Zone;

    fn clock() -> Clock {
        Clock { zone: Zone::Utc, now: "2026-03-12T12:00:00Z".parse().unwrap() }
    }

    fn message(seq: i64, sender: UserId, at: &str) -> Message {
        Message {
            id: MessageId::new(),
            chat: ChatId::new(),
            seq,
            changed_seq: seq,
            sender,
            client_id: ClientId::new(),
            body: format!("message {seq}"),
            sent_at: at.parse().unwrap(),
            edited_at: None,
            deleted: false,
            photo: None,
            line: None,
            reply_to: None,
            reactions: vec![],
        }
    }

    #[test]
    fn a_group_is_of_one_person_and_one_minute() {
        let (ada, bea) = (UserId::new(), UserId::new());
        let messages = [
            message(2, ada, "2026-03-12T10:00:01Z"),
            message(3, ada, "2026-03-12T10:00:59Z"),
            message(4, bea, "2026-03-12T10:00:59Z"),
            message(5, bea, "2026-03-12T10:01:00Z"),
        ];
        let bubbles = bubbles(messages.iter(), &Outbox::default(), ada, clock(), false, None);
        let ends: Vec<_> = bubbles.iter().map(|bubble| (bubble.opens, bubble.closes)).collect();
        assert_eq!(ends, [(true, false), (false, true), (true, true), (true, true)]);
    }

    #[test]
    fn a_day_has_one_line_and_the_note_stands_alone() {
        let ada = UserId::new();
        let messages = [
            message(1, ada, "2026-03-11T23:59:10Z"),
            message(2, ada, "2026-03-11T23:59:20Z"),
            message(3, ada, "2026-03-12T00:00:00Z"),
        ];
        let bubbles = bubbles(messages.iter(), &Outbox::default(), ada, clock(), false, None);
        let days: Vec<_> = bubbles.iter().map(|bubble| bubble.day.as_deref()).collect();
        assert_eq!(days, [Some("Yesterday"), None, Some("Today")]);
        assert!(bubbles[0].is_note && bubbles[0].closes && bubbles[1].opens);
    }

    #[test]
    fn a_message_on_its_way_out_keeps_its_bubble_when_it_is_stored() {
        let me = UserId::new();
        let mut outbox = Outbox::default();
        let client_id = ClientId::new();
        outbox.push(SendMessage { client_id, body: "message 2".to_owned(), reply_to: None });
        let now = Clock { zone: Zone::Utc, now: made_at(client_id).unwrap() };
        let stored = Message { client_id, sent_at: now.now, ..message(2, me, "2026-03-12T10:00:00Z") };
        let before = bubbles(std::iter::empty(), &outbox, me, now, false, None);
        let after = bubbles(std::iter::once(&stored), &Outbox::default(), me, now, false, None);
        assert_eq!(before, after);
    }

    #[test]
    fn a_message_of_ones_own_is_on_its_way_then_sent_then_read() {
        let (me, other) = (UserId::new(), UserId::new());
        let at = "2026-03-12T10:00:00Z";
        let messages = [message(1, me, at), message(2, other, at), message(3, me, at)];
        let mut outbox = Outbox::default();
        outbox.push(SendMessage { client_id: ClientId::new(), body: "next".to_owned(), reply_to: None });
        let seen = |outbox: &Outbox, read_to, is_stalled| -> Vec<_> {
            marks(messages.iter(), outbox, me, read_to, is_stalled).into_iter().map(|(_, mark)| mark).collect()
        };
        assert_eq!(seen(&outbox, 2, false), [Mark::Read, Mark::Sent, Mark::Sending]);
        assert_eq!(seen(&outbox, 3, true), [Mark::Read, Mark::Read, Mark::Stalled]);
        let refused = outbox.next_to_send().unwrap().client_id;
        outbox.fail(refused, "No.".to_owned());
        assert_eq!(seen(&outbox, 0, true), [Mark::Sent, Mark::Sent, Mark::Failed("No.".to_owned())]);
    }

    #[test]
    fn what_happened_stands_between_what_was_said_and_is_not_new() {
        let (ada, bea) = (UserId::new(), UserId::new());
        let at = "2026-03-12T10:00:00Z";
        let line: GroupLine = serde_json::from_str(r#"{"kind": "left", "by": "Bea"}"#).unwrap();
        let happened = Message { line: Some(line), body: String::new(), ..message(2, bea, at) };
        let messages = vec![message(1, bea, at), happened, message(3, bea, at)];
        let shown = bubbles(messages.iter(), &Outbox::default(), ada, clock(), true, None);
        assert!(shown.iter().all(|bubble| bubble.opens && bubble.closes));
        assert_eq!(shown[1].line.as_deref(), Some("Bea left."));
        let read = vec![balloond_shared::chat::ReadCursor { user: ada, seq: 1 }];
        let page = |items| Messages { items, head: 3, more: false, limited: false, read: read.clone() };
        assert_eq!(first_new(&page(messages.clone()), ada), Some(3));
        assert_eq!(first_new(&page(messages[..2].to_vec()), ada), None);
    }

    #[test]
    fn a_quote_leads_to_what_it_quotes() {
        let ada = UserId::new();
        let first = message(7, ada, "2026-03-12T10:00:00Z");
        let answer =
            |to: &Message| Message { reply_to: Some(Quote::of(to)), ..message(9, ada, "2026-03-12T10:05:00Z") };
        let hrefs = |messages: &[Message]| -> Vec<_> {
            let bubbles = bubbles(messages.iter(), &Outbox::default(), ada, clock(), false, None);
            bubbles.into_iter().filter_map(|bubble| bubble.quoted).map(|quoted| quoted.href).collect()
        };
        assert_eq!(hrefs(&[first.clone(), answer(&first)]), [format!("#{}", anchor(first.client_id))]);
        let alone = answer(&first);
        assert_eq!(hrefs(std::slice::from_ref(&alone)), [format!("/chats/{}?before=8", alone.chat)]);
    }

    #[test]
    fn what_is_new_begins_with_what_another_wrote_after_the_cursor() {
        let (ada, bea) = (UserId::new(), UserId::new());
        let at = "2026-03-12T10:00:00Z";
        let items = vec![message(2, bea, at), message(3, ada, at), message(4, bea, at), message(5, bea, at)];
        let with = |seq| Messages {
            items: items.clone(),
            head: 5,
            more: false,
            limited: false,
            read: vec![balloond_shared::chat::ReadCursor { user: ada, seq }],
        };
        let found: Vec<_> = [0, 2, 3, 4, 5].into_iter().map(|seq| first_new(&with(seq), ada)).collect();
        assert_eq!(found, [Some(2), Some(4), Some(4), Some(5), None]);
    }
}
