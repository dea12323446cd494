//! What a client knows of a chat: history, live events and catching up merged into one list. Pure, so that it is tested natively
//! and runs in the browser.
//!
//! Every change of a chat took the next value of its head, so a client that knows all up to `synced` and hears of a change
//! with a `changed_seq` beyond `synced + 1` knows that it missed one, and asks for all since `synced`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ClientId, UserId,
    chat::{Message, Messages, ReadCursor},
};

/// One chat's messages, in the order of `seq`, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    messages: BTreeMap<i64, Message>,
    /// All changes up to this head are known.
    synced: i64,
    /// Heads beyond a gap whose changes are known already.
    ahead: BTreeSet<i64>,
    has_older: bool,
    read: BTreeMap<UserId, i64>,
}

impl Timeline {
    /// Begins with the newest page of history.
    #[must_use]
    pub fn new(newest: Messages) -> Self {
        let mut timeline = Self {
            messages: BTreeMap::new(),
            synced: newest.head,
            ahead: BTreeSet::new(),
            has_older: newest.more,
            read: BTreeMap::new(),
        };
        timeline.take_page(newest.items, &newest.read);
        timeline
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values()
    }

    /// Ask for the changes since this.
    #[must_use]
    pub const fn synced(&self) -> i64 {
        self.synced
    }

    /// A change was missed: catch up since [`Self::synced`].
    #[must_use]
    pub fn has_gap(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// There is history before the first message here; `before` for asking.
    #[must_use]
    pub fn older_than(&self) -> Option<i64> {
        self.has_older.then(|| self.messages.keys().next().copied()).flatten()
    }

    /// The `seq` of the newest message; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.messages.keys().next_back().copied().unwrap_or(0)
    }

    /// How far a member has read.
    #[must_use]
    pub fn read_by(&self, user: UserId) -> i64 {
        self.read.get(&user).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn holds(&self, sender: UserId, client_id: ClientId) -> bool {
        self.messages.values().rev().any(|message| message.client_id == client_id && message.sender == sender)
    }

    /// A live event, or the answer to a send.
    pub fn take_message(&mut self, message: Message) {
        let head = message.changed_seq;
        self.place(message);
        if head > self.synced {
            self.ahead.insert(head);
            self.close_gaps();
        }
    }

    /// A page of older messages, asked for with `before`.
    pub fn take_history(&mut self, page: Messages) {
        self.has_older = page.more;
        self.take_page(page.items, &page.read);
    }

    /// A page of changes, asked for with `since`: complete up to its last item, or up to its head when there is no more.
    pub fn take_changes(&mut self, page: Messages) {
        let last = page.items.iter().map(|message| message.changed_seq).max();
        let complete_to = if page.more { last } else { last.max(Some(page.head)) };
        for message in page.items {
            self.place(message);
        }
        for cursor in &page.read {
            self.take_read(*cursor);
        }
        self.synced = self.synced.max(complete_to.unwrap_or(0));
        self.close_gaps();
    }

    /// A read cursor only moves forward.
    pub fn take_read(&mut self, cursor: ReadCursor) {
        let read = self.read.entry(cursor.user).or_default();
        *read = cursor.seq.max(*read);
    }

    fn take_page(&mut self, items: Vec<Message>, read: &[ReadCursor]) {
        for message in items {
            self.insert(message);
        }
        for cursor in read {
            self.take_read(*cursor);
        }
    }

    /// A change to a message from before the loaded window would stand alone above a hole: it comes with its page of history.
    fn place(&mut self, message: Message) {
        let before_window = self.older_than().is_some_and(|oldest| message.seq < oldest);
        if !before_window {
            self.insert(message);
        }
    }

    fn insert(&mut self, message: Message) {
        let newer = self.messages.get(&message.seq).is_none_or(|known| known.changed_seq < message.changed_seq);
        if newer {
            self.messages.insert(message.seq, message);
        }
    }

    fn close_gaps(&mut self) {
        while self.ahead.remove(&(self.synced + 1)) {
            self.synced += 1;
        }
        self.ahead = self.ahead.split_off(&(self.synced + 1));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ChatId, MessageId};

    /// A chat whose changes are: `n` messages, then edits of some of them. The state at each head can be asked for.
    struct Server {
        changes: Vec<Message>,
    }

    impl Server {
        fn new(messages: usize, edits: &[usize]) -> Self {
            let (chat, sender) = (ChatId::new(), UserId::new());
            let mut changes: Vec<Message> = (1..)
                .take(messages)
                .map(|seq| Message {
                    id: MessageId::new(),
                    chat,
                    seq,
                    changed_seq: seq,
                    sender,
                    client_id: ClientId::new(),
                    body: format!("message {seq}"),
                    sent_at: chrono::DateTime::UNIX_EPOCH,
                })
                .collect();
            for edit in edits {
                let mut message = changes[edit % messages].clone();
                message.changed_seq = changes.len() as i64 + 1;
                message.body = format!("edited at {}", message.changed_seq);
                changes.push(message);
            }
            Self { changes }
        }

        /// The messages as they are when the head is `head`.
        fn at(&self, head: i64) -> BTreeMap<i64, Message> {
            let changes = self.changes.iter().take_while(|change| change.changed_seq <= head);
            changes.map(|change| (change.seq, change.clone())).collect()
        }

        fn history(&self, head: i64, before: i64, limit: usize) -> Messages {
            let state = self.at(head);
            let older: Vec<_> = state.range(..before).map(|(_, message)| message.clone()).collect();
            let skipped = older.len().saturating_sub(limit);
            Messages { items: older[skipped..].to_vec(), head, more: skipped > 0, read: Vec::new() }
        }

        fn since(&self, head: i64, since: i64, limit: usize) -> Messages {
            let mut changed: Vec<_> =
                self.at(head).into_values().filter(|message| message.changed_seq > since).collect();
            changed.sort_by_key(|message| message.changed_seq);
            let more = changed.len() > limit;
            changed.truncate(limit);
            Messages { items: changed, head, more, read: Vec::new() }
        }
    }

    fn seen(timeline: &Timeline) -> Vec<Message> {
        timeline.messages().cloned().collect()
    }

    proptest! {
        /// However events are lost, repeated and shuffled, and whenever history is read between them: after catching up a client
        /// sees exactly the window that a client sees that asks for it all only now.
        #[test]
        fn every_client_converges(
            messages in 1usize..40,
            edits in prop::collection::vec(0usize..40, 0..20),
            joined_at in 0usize..60,
            events in prop::collection::vec((0usize..60, any::<bool>()), 0..80),
            page in 1usize..15,
        ) {
            let server = Server::new(messages, &edits);
            let head = server.changes.len() as i64;
            let joined_at = (joined_at as i64).min(head);
            let mut timeline = Timeline::new(server.history(joined_at, i64::MAX, page));
            for (event, older) in events {
                if let Some(change) = server.changes.get(event).filter(|change| change.changed_seq > joined_at) {
                    timeline.take_message(change.clone());
                }
                if let Some(before) = timeline.older_than().filter(|_| older) {
                    timeline.take_history(server.history(head, before, page));
                }
            }
            loop {
                let changes = server.since(head, timeline.synced(), page);
                let more = changes.more;
                timeline.take_changes(changes);
                if !more { break; }
            }
            prop_assert_eq!(timeline.synced(), head);
            prop_assert!(!timeline.has_gap());
            let first = timeline.older_than().unwrap_or(0);
            let expected: Vec<_> = server.at(head).into_values().filter(|message| message.seq >= first).collect();
            prop_assert_eq!(seen(&timeline), expected);
        }

        #[test]
        fn nothing_missed_needs_no_catching_up(messages in 1usize..40, joined_at in 0i64..40) {
            let server = Server::new(messages, &[]);
            let joined_at = joined_at.min(messages as i64);
            let mut timeline = Timeline::new(server.history(joined_at, i64::MAX, 50));
            for change in server.changes.iter().filter(|change| change.changed_seq > joined_at) {
                timeline.take_message(change.clone());
                prop_assert!(!timeline.has_gap());
            }
            prop_assert_eq!(timeline.synced(), messages as i64);
        }
    }

    #[test]
    fn a_missed_change_is_a_gap_until_it_comes() {
        let server = Server::new(5, &[]);
        let mut timeline = Timeline::new(server.history(2, i64::MAX, 50));
        timeline.take_message(server.changes[3].clone());
        assert!(timeline.has_gap());
        assert_eq!(timeline.synced(), 2);
        timeline.take_message(server.changes[2].clone());
        assert!(!timeline.has_gap());
        assert_eq!(timeline.synced(), 4);
    }

    #[test]
    fn read_cursors_only_move_forward() {
        let mut timeline = Timeline::new(Messages { items: Vec::new(), head: 0, more: false, read: Vec::new() });
        let user = UserId::new();
        timeline.take_read(ReadCursor { user, seq: 4 });
        timeline.take_read(ReadCursor { user, seq: 2 });
        assert_eq!(timeline.read_by(user), 4);
    }
}
