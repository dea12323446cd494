use std::io::IoSlice;

use balloond_domain::Viewer;
use balloond_shared::{ClientId, MessageId, SessionId, UserId, chat::Message, chat::ReadCursor, privacy::Privacy};
use proptest::prelude::*;

use super::*;

fn message(chat: ChatId, seq: i64) -> Message {
    Message {
        id: MessageId::new(),
        chat,
        seq,
        changed_seq: seq,
        sender: UserId::new(),
        client_id: ClientId::new(),
        body: format!("message {seq}"),
        sent_at: chrono::DateTime::UNIX_EPOCH,
        edited_at: None,
        deleted: false,
        photo: None,
        line: None,
        reply_to: None,
        reactions: vec![],
    }
}

struct Chat {
    room: Room,
    messages: Vec<Message>,
}

impl Chat {
    fn new(messages: i64) -> Self {
        let chat = ChatId::new();
        Self { room: Room::new(chat), messages: (1..=messages).map(|seq| message(chat, seq)).collect() }
    }

    fn join(&mut self, session: &Rc<Session>) {
        self.room.attach(session);
        self.room.begin_join(session);
    }

    fn hear(&mut self, seq: i64) -> Heard {
        let change = Change::read(self.messages[usize::try_from(seq).unwrap() - 1].clone());
        self.room.hear(&Arc::new(change))
    }

    /// The database's answer when the head is `head`.
    fn read(&self, since: i64, head: i64) -> Messages {
        let items =
            self.messages.iter().filter(|message| message.seq > since && message.seq <= head).cloned().collect();
        Messages { items, head, more: false, limited: false, read: Vec::new() }
    }
}

fn session() -> Rc<Session> {
    let session = Session::new(Viewer { user: UserId::new(), session: SessionId::new() }, None);
    session.privacy.set(Privacy::default());
    Rc::new(session)
}

/// The events that wait for a session.
fn events(session: &Session) -> Vec<ServerEvent> {
    let mut bytes = Vec::new();
    let write = |slices: &[IoSlice<'_>]| {
        slices.iter().for_each(|slice| bytes.extend_from_slice(slice));
        Ok(slices.iter().map(|slice| slice.len()).sum())
    };
    session.write_with(write).unwrap();
    let mut rest = bytes.as_slice();
    let mut events = Vec::new();
    while let [0x81, length, payload @ ..] = rest {
        let (length, payload) = match (*length, payload) {
            (126, [high, low, payload @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), payload),
            (length, payload) => (usize::from(length), payload),
        };
        let (event, after) = payload.split_at(length);
        events.push(serde_json::from_slice(event).unwrap());
        rest = after;
    }
    assert!(rest.is_empty());
    events
}

/// Its messages and its `subscribed`, by number; the latter negative.
fn numbers(session: &Session) -> Vec<i64> {
    let number = |event| match event {
        ServerEvent::Message { message } => message.changed_seq,
        ServerEvent::Subscribed { head, .. } => -head,
        event => panic!("{event:?} was not expected"),
    };
    events(session).into_iter().map(number).collect()
}

#[test]
fn who_only_has_a_seat_hears_that_something_happens() {
    let (mut chat, session) = (Chat::new(3), session());
    assert!(chat.room.attach(&session) && !chat.room.attach(&session));
    let _ = chat.hear(1);
    let _ = chat.hear(3);
    let seqs: Vec<_> = events(&session)
        .into_iter()
        .map(|event| if let ServerEvent::Activity { seq, .. } = event { seq } else { 0 })
        .collect();
    assert_eq!(seqs, [1, 3]);
}

#[test]
fn a_join_merges_what_was_read_with_what_happened_meanwhile() {
    let (mut chat, session) = (Chat::new(6), session());
    chat.join(&session);
    for seq in 4..=6 {
        let _ = chat.hear(seq);
    }
    let read = chat.read(1, 5);
    chat.room.finish_join(&session, read);
    assert_eq!(numbers(&session), [2, 3, 4, 5, 6, -6]);
}

#[test]
fn an_early_change_waits_for_those_before_it() {
    let (mut chat, session) = (Chat::new(5), session());
    chat.join(&session);
    let read = chat.read(0, 1);
    chat.room.finish_join(&session, read);
    assert_eq!(chat.hear(3), Heard::Gap);
    assert_eq!(chat.hear(4), Heard::Gap);
    assert_eq!(numbers(&session), [1, -1]);
    assert_eq!(chat.hear(2), Heard::PassedOn);
    assert_eq!(numbers(&session), [2, 3, 4]);
    assert!(!chat.room.has_gap());
}

#[test]
fn what_was_read_with_holes_is_passed_on_and_what_is_beyond_waits() {
    let (mut chat, session) = (Chat::new(9), session());
    chat.join(&session);
    let read = chat.read(0, 1);
    chat.room.finish_join(&session, read);
    for seq in [8, 3, 5] {
        assert_eq!(chat.hear(seq), Heard::Gap);
    }
    chat.room.fill_to(5);
    assert_eq!(numbers(&session), [1, -1, 3, 5]);
    assert_eq!(chat.hear(6), Heard::PassedOn);
    assert_eq!(chat.hear(7), Heard::PassedOn);
    assert_eq!(numbers(&session), [6, 7, 8]);
}

#[test]
fn a_gap_that_the_database_cannot_fill_is_closed() {
    let (mut chat, session) = (Chat::new(5), session());
    chat.join(&session);
    chat.room
        .finish_join(&session, Messages { items: Vec::new(), head: 1, more: false, limited: false, read: Vec::new() });
    let _ = chat.hear(4);
    chat.room.close_gap(3);
    assert_eq!(numbers(&session), [-1, 4]);
    assert_eq!(chat.room.synced(), Some(4));
}

#[test]
fn a_read_that_is_cut_short_or_stale_says_so() {
    let (mut chat, session) = (Chat::new(5), session());
    chat.join(&session);
    chat.room.finish_join(&session, Messages { limited: true, ..chat.read(0, 5) });
    let chat_id = chat.room.chat;
    let expected = [ServerEvent::Resync { chat: Some(chat_id) }, ServerEvent::Subscribed { chat: chat_id, head: 5 }];
    assert_eq!(events(&session), expected);

    let late = self::session();
    chat.join(&late);
    chat.room.finish_join(&late, chat.read(3, 4));
    let heard = events(&late);
    assert!(heard.contains(&ServerEvent::Resync { chat: Some(chat_id) }), "{heard:?}");
    assert_eq!(heard.last(), Some(&ServerEvent::Subscribed { chat: chat_id, head: 5 }));
}

#[test]
fn read_cursors_and_typing_reach_those_who_hear_all_and_typing_not_its_own_author() {
    let (mut chat, here, there) = (Chat::new(1), session(), session());
    for session in [&here, &there] {
        chat.join(session);
        chat.room.finish_join(
            session,
            Messages { items: Vec::new(), head: 0, more: false, limited: false, read: Vec::new() },
        );
        events(session);
    }
    let typing = ServerEvent::Typing { chat: chat.room.chat, user: here.viewer.user };
    chat.room.tell(&frame::event(&typing), Audience::Typing(here.viewer.user));
    assert_eq!((events(&here), events(&there)), (vec![], vec![typing]));
    let read = ServerEvent::Read { chat: chat.room.chat, cursor: ReadCursor { user: here.viewer.user, seq: 1 } };
    chat.room.tell(&frame::event(&read), Audience::Subscribers);
    assert_eq!((events(&here), events(&there)), (vec![read.clone()], vec![read]));
}

#[test]
fn who_unsubscribes_hears_activity_again() {
    let (mut chat, session) = (Chat::new(2), session());
    chat.join(&session);
    let read = chat.read(0, 1);
    chat.room.finish_join(&session, read);
    assert!(chat.room.is_subscribed(&session));
    assert!(chat.room.unsubscribe(&session) && !chat.room.unsubscribe(&session));
    events(&session);
    let _ = chat.hear(2);
    assert!(matches!(events(&session)[..], [ServerEvent::Activity { seq: 2, .. }]));
}

#[test]
fn who_left_while_joining_hears_nothing() {
    let (mut chat, session) = (Chat::new(2), session());
    chat.join(&session);
    chat.room.leave(&session);
    let read = chat.read(0, 2);
    chat.room.finish_join(&session, read);
    assert!(chat.room.is_empty() && events(&session).is_empty());
}

proptest! {
    /// However the feed shuffles, repeats and loses changes, and whenever sessions join between them: as long as gaps are filled
    /// from the database, every session hears every change after its `since` once and in order.
    #[test]
    fn everybody_hears_everything_once_and_in_order(
        order in Just((1i64..=20).collect::<Vec<_>>()).prop_shuffle(),
        window in 1usize..6,
        lost in prop::collection::hash_set(1i64..=20, 0..6),
        joins in prop::collection::vec((0usize..20, 0i64..3, any::<bool>()), 1..4),
    ) {
        let mut chat = Chat::new(20);
        // The feed is only slightly out of order: sort within windows.
        let mut feed = order;
        feed.sort_by_key(|seq| (*seq as usize / window, (*seq * 7919) % 13));
        let mut committed = 0;
        let mut sessions: Vec<(Rc<Session>, i64)> = Vec::new();
        let mut joining: Vec<(Rc<Session>, i64, i64)> = Vec::new();
        for (step, seq) in feed.into_iter().enumerate() {
            for (_, behind, slow) in joins.iter().filter(|(at, ..)| *at == step) {
                let session = session();
                chat.join(&session);
                let since = (committed - behind).max(0);
                if *slow {
                    joining.push((session, since, committed));
                } else {
                    let read = chat.read(since, committed);
                    chat.room.finish_join(&session, read);
                    sessions.push((session, since));
                }
            }
            committed = committed.max(seq);
            if !lost.contains(&seq) && chat.hear(seq) == Heard::Gap && step % 2 == 0 {
                let from = chat.room.synced().unwrap();
                for missing in from + 1..=committed {
                    let _ = chat.hear(missing);
                }
            }
            for (session, since, _) in joining.drain(..) {
                let read = chat.read(since, committed);
                chat.room.finish_join(&session, read);
                sessions.push((session, since));
            }
        }
        let from = chat.room.synced().unwrap_or(0);
        for missing in from + 1..=committed {
            let _ = chat.hear(missing);
        }
        for (session, since) in sessions {
            let heard = events(&session);
            let gap = heard.iter().any(|event| matches!(event, ServerEvent::Resync { .. }));
            let seqs: Vec<_> = heard.iter().filter_map(|event| if let ServerEvent::Message { message } = event { Some(message.seq) } else { None }).collect();
            prop_assert!(seqs.is_sorted_by(|a, b| a < b), "{:?}", seqs);
            if !gap {
                prop_assert_eq!(seqs, (since + 1..=20).collect::<Vec<_>>());
            }
        }
    }
}
