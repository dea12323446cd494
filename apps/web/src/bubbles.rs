//! A chat as bubbles: messages grouped by person and minute under the lines of their days, what is on its way out at the end.

use balloond_shared::{ClientId, UserId, chat::Message, outbox::Outbox};
use chrono::{DateTime, NaiveDate, Utc};

use crate::when::Clock;

/// One bubble. It is the same for a message on its way out and for the same message stored, so that it stays where it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bubble {
    pub client_id: ClientId,
    pub sender: UserId,
    pub body: String,
    /// `14:05`
    pub clock: String,
    /// The line above the first bubble of a day.
    pub day: Option<String>,
    /// The first of a group.
    pub opens: bool,
    /// The last of a group.
    pub closes: bool,
    /// The balloon's note, which opened the chat.
    pub is_note: bool,
}

struct Draft<'a> {
    client_id: ClientId,
    sender: UserId,
    body: &'a str,
    at: DateTime<Utc>,
    is_note: bool,
}

impl Draft<'_> {
    fn day(&self, clock: Clock) -> NaiveDate {
        clock.zone.day(self.at)
    }

    fn belongs_with(&self, other: &Self) -> bool {
        let minute = |draft: &Self| draft.at.timestamp().div_euclid(60);
        self.sender == other.sender && minute(self) == minute(other) && !self.is_note && !other.is_note
    }
}

/// The bubbles of `messages`, oldest first, then of what `me` has on its way out.
#[must_use]
pub fn bubbles<'a>(
    messages: impl Iterator<Item = &'a Message>,
    outbox: &Outbox,
    me: UserId,
    clock: Clock,
) -> Vec<Bubble> {
    let stored = messages.map(|message| Draft {
        client_id: message.client_id,
        sender: message.sender,
        body: &message.body,
        at: message.sent_at,
        is_note: message.seq == 1,
    });
    let outgoing = outbox.iter().map(|outgoing| Draft {
        client_id: outgoing.message.client_id,
        sender: me,
        body: &outgoing.message.body,
        at: made_at(outgoing.message.client_id).unwrap_or(clock.now),
        is_note: false,
    });
    let drafts: Vec<_> = stored.chain(outgoing).collect();
    let before = std::iter::once(None).chain(drafts.iter().map(Some));
    let after = drafts.iter().skip(1).map(Some).chain(std::iter::once(None));
    drafts.iter().zip(before.zip(after)).map(|(draft, (before, after))| bubble(draft, before, after, clock)).collect()
}

fn bubble(draft: &Draft<'_>, before: Option<&Draft<'_>>, after: Option<&Draft<'_>>, clock: Clock) -> Bubble {
    let starts_day = before.is_none_or(|before| before.day(clock) != draft.day(clock));
    Bubble {
        client_id: draft.client_id,
        sender: draft.sender,
        body: draft.body.to_owned(),
        clock: clock.zone.clock(draft.at),
        day: starts_day.then(|| clock.zone.day_name(draft.at, clock.now)),
        opens: before.is_none_or(|before| !draft.belongs_with(before)),
        closes: after.is_none_or(|after| !draft.belongs_with(after)),
        is_note: draft.is_note,
    }
}

/// A client's id tells when it was made.
fn made_at(client_id: ClientId) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = client_id.as_uuid().get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
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
        let bubbles = bubbles(messages.iter(), &Outbox::default(), ada, clock());
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
        let bubbles = bubbles(messages.iter(), &Outbox::default(), ada, clock());
        let days: Vec<_> = bubbles.iter().map(|bubble| bubble.day.as_deref()).collect();
        assert_eq!(days, [Some("Yesterday"), None, Some("Today")]);
        assert!(bubbles[0].is_note && bubbles[0].closes && bubbles[1].opens);
    }

    #[test]
    fn a_message_on_its_way_out_keeps_its_bubble_when_it_is_stored() {
        let me = UserId::new();
        let mut outbox = Outbox::default();
        let client_id = ClientId::new();
        outbox.push(SendMessage { client_id, body: "message 2".to_owned() });
        let now = Clock { zone: Zone::Utc, now: made_at(client_id).unwrap() };
        let stored = Message { client_id, sent_at: now.now, ..message(2, me, "2026-03-12T10:00:00Z") };
        let before = bubbles(std::iter::empty(), &outbox, me, now);
        let after = bubbles(std::iter::once(&stored), &Outbox::default(), me, now);
        assert_eq!(before, after);
    }
}
