use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{ChatId, chat::Reaction};

/// What one can do to a chat.
#[derive(Clone, Copy, Debug)]
enum Act {
    Send,
    /// Answers the n-th message, as far as there is one.
    Answer(usize),
    Edit(usize),
    Delete(usize),
    React(usize),
}

/// A chat and all its changes. The state at each head can be asked for.
struct Server {
    changes: Vec<Message>,
}

impl Server {
    fn new(acts: &[Act]) -> Self {
        let (chat, sender) = (ChatId::new(), UserId::new());
        let mut server = Self { changes: Vec::new() };
        for act in [Act::Send].iter().chain(acts) {
            let head = server.head() + 1;
            let state = server.at(server.head());
            let pick = |index: usize| state.values().nth(index % state.len()).cloned();
            let new = |reply_to: Option<Message>| Message {
                id: MessageId::new(),
                chat,
                seq: head,
                changed_seq: head,
                sender,
                client_id: ClientId::new(),
                body: format!("message {head}"),
                sent_at: chrono::DateTime::UNIX_EPOCH,
                edited_at: None,
                deleted: false,
                photo: None,
                line: None,
                reply_to: reply_to.map(|message| Quote::of(&message)),
                reactions: Vec::new(),
            };
            let changed = |index: usize, change: &dyn Fn(&mut Message)| {
                pick(index).filter(|message| !message.deleted).map(|mut message| {
                    change(&mut message);
                    Message { changed_seq: head, ..message }
                })
            };
            let change = match *act {
                Act::Send => Some(new(None)),
                Act::Answer(index) => Some(new(pick(index))),
                Act::Edit(index) => changed(index, &|message| message.body = format!("edited at {head}")),
                Act::Delete(index) => changed(index, &|message| {
                    (message.body, message.deleted, message.reply_to) = (String::new(), true, None);
                    message.reactions.clear();
                }),
                Act::React(index) => changed(index, &|message| {
                    message.reactions.push(Reaction { emoji: head.to_string(), users: vec![sender] });
                }),
            };
            server.changes.extend(change);
        }
        server
    }

    fn head(&self) -> i64 {
        self.changes.len() as i64
    }

    /// The messages as they are when the head is `head`, quotes included.
    fn at(&self, head: i64) -> BTreeMap<i64, Message> {
        let changes = self.changes.iter().take_while(|change| change.changed_seq <= head);
        let mut state: BTreeMap<i64, Message> = changes.map(|change| (change.seq, change.clone())).collect();
        let quotes: Vec<_> = state.values().map(Quote::of).collect();
        for message in state.values_mut() {
            quotes.iter().for_each(|quote| renew(message, quote));
        }
        state
    }

    /// The change at `head` as it was told when it happened.
    fn event(&self, head: i64) -> Message {
        self.at(head).into_values().find(|message| message.changed_seq == head).unwrap()
    }

    fn history(&self, head: i64, before: i64, limit: usize) -> Messages {
        let state = self.at(head);
        let older: Vec<_> = state.range(..before).map(|(_, message)| message.clone()).collect();
        let skipped = older.len().saturating_sub(limit);
        Messages { items: older[skipped..].to_vec(), head, more: skipped > 0, limited: false, read: Vec::new() }
    }

    fn since(&self, head: i64, since: i64, limit: usize, window: usize) -> Messages {
        let mut changed: Vec<_> = self.at(head).into_values().filter(|message| message.changed_seq > since).collect();
        changed.sort_by_key(|message| message.changed_seq);
        if changed.len() > limit {
            return Messages { limited: true, ..self.history(head, i64::MAX, window) };
        }
        Messages { items: changed, head, more: false, limited: false, read: Vec::new() }
    }
}

fn seen(timeline: &Timeline) -> Vec<Message> {
    timeline.messages().cloned().collect()
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Send),
        2 => (0usize..40).prop_map(Act::Answer),
        2 => (0usize..40).prop_map(Act::Edit),
        1 => (0usize..40).prop_map(Act::Delete),
        2 => (0usize..40).prop_map(Act::React),
    ];
    prop::collection::vec(act, 0..50)
}

/// What reaches a client, in any order.
#[derive(Clone, Copy, Debug)]
enum Comes {
    /// The n-th change, live; perhaps not for the first time.
    Event(usize),
    /// A page of history that was read when the head was this, before some other place than that of now.
    History(usize, Option<i64>),
    /// Changes that were read when the head was this.
    Changes(usize),
}

fn comes() -> impl Strategy<Value = Vec<Comes>> {
    let one = prop_oneof![
        6 => (0usize..60).prop_map(Comes::Event),
        2 => (0usize..60, prop::option::of(1i64..40)).prop_map(|(at, before)| Comes::History(at, before)),
        1 => (0usize..60).prop_map(Comes::Changes),
    ];
    prop::collection::vec(one, 0..80)
}

proptest! {
    /// However events are lost, repeated and shuffled, and however late pages arrive between them: after catching up a client
    /// sees exactly the window that a client sees that asks for it all only now.
    #[test]
    fn every_client_converges(
        acts in acts(),
        joined_at in 0usize..60,
        comes in comes(),
        page in 1usize..15,
        limit in 1usize..30,
    ) {
        let server = Server::new(&acts);
        let head = server.head();
        let joined_at = (joined_at as i64).min(head);
        let mut timeline = Timeline::new(server.history(joined_at, i64::MAX, page));
        for comes in comes {
            match comes {
                Comes::Event(index) => {
                    let at = index as i64 + 1;
                    if at > joined_at && at <= head {
                        timeline.take_message(server.event(at));
                    }
                }
                // It may have been asked for long ago, and be of a window that is no more.
                Comes::History(at, before) => {
                    let at = (at as i64).clamp(joined_at, head);
                    let before = before.unwrap_or_else(|| timeline.older_than().unwrap_or(1));
                    timeline.take_history(before, server.history(at, before, page));
                }
                Comes::Changes(at) => {
                    let at = (at as i64).clamp(joined_at, head);
                    let since = timeline.synced().min(at);
                    timeline.take_changes(server.since(at, since, limit, page));
                }
            }
        }
        timeline.take_changes(server.since(head, timeline.synced(), limit, page));
        prop_assert_eq!(timeline.synced(), head);
        prop_assert!(!timeline.has_gap());
        let first = timeline.older_than().unwrap_or(0);
        let expected: Vec<_> = server.at(head).into_values().filter(|message| message.seq >= first).collect();
        prop_assert_eq!(seen(&timeline), expected);
    }

    #[test]
    fn nothing_missed_needs_no_catching_up(acts in acts(), joined_at in 0i64..40) {
        let server = Server::new(&acts);
        let joined_at = joined_at.min(server.head());
        let mut timeline = Timeline::new(server.history(joined_at, i64::MAX, 50));
        for at in joined_at + 1..=server.head() {
            timeline.take_message(server.event(at));
            prop_assert!(!timeline.has_gap());
        }
        prop_assert_eq!(timeline.synced(), server.head());
        prop_assert_eq!(seen(&timeline), server.at(server.head()).into_values().collect::<Vec<_>>());
    }
}

#[test]
fn a_missed_change_is_a_gap_until_it_comes() {
    let server = Server::new(&[Act::Send; 4]);
    let mut timeline = Timeline::new(server.history(2, i64::MAX, 50));
    timeline.take_message(server.event(4));
    assert!(timeline.has_gap());
    assert_eq!(timeline.synced(), 2);
    timeline.take_message(server.event(3));
    assert!(!timeline.has_gap());
    assert_eq!(timeline.synced(), 4);
}

#[test]
fn what_was_deleted_is_gone_from_quotes_too() {
    let server = Server::new(&[Act::Answer(0), Act::Delete(0)]);
    let mut timeline = Timeline::new(server.history(2, i64::MAX, 1));
    let excerpt = |timeline: &Timeline| timeline.messages().last().unwrap().reply_to.clone().unwrap().excerpt;
    assert_eq!(excerpt(&timeline), "message 1");
    timeline.take_message(server.event(3));
    assert_eq!(excerpt(&timeline), "", "though what it quotes is not loaded");
    timeline.take_history(2, server.history(2, 2, 50));
    assert!(timeline.messages().next().unwrap().deleted, "nor does a page bring it back that was read before");
}

#[test]
fn after_too_long_an_absence_it_begins_anew() {
    let server = Server::new(&[Act::Send; 40]);
    let mut timeline = Timeline::new(server.history(5, i64::MAX, 50));
    let user = UserId::new();
    timeline.take_read(ReadCursor { user, seq: 4 });
    timeline.take_message(server.event(41));
    timeline.take_changes(server.since(40, timeline.synced(), 10, 10));
    assert_eq!(seen(&timeline).iter().map(|message| message.seq).collect::<Vec<_>>(), (31..=41).collect::<Vec<_>>());
    assert_eq!((timeline.synced(), timeline.older_than(), timeline.read_by(user)), (41, Some(31), 4));
}

#[test]
fn read_cursors_only_move_forward() {
    let nothing = Messages { items: Vec::new(), head: 0, more: false, limited: false, read: Vec::new() };
    let mut timeline = Timeline::new(nothing);
    let user = UserId::new();
    timeline.take_read(ReadCursor { user, seq: 4 });
    timeline.take_read(ReadCursor { user, seq: 2 });
    assert_eq!(timeline.read_by(user), 4);
}
