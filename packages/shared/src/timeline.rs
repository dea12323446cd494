//! What a client knows of a chat: history, live events and catching up merged into one list. Pure, so that it is tested natively
//! and runs in the browser.
//!
//! Every change of a chat took the next value of its head, so a client that knows all up to `synced` and hears of a change
//! with a `changed_seq` beyond `synced + 1` knows that it missed one, and asks for all since `synced`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ClientId, MessageId, UserId,
    chat::{Message, Messages, Quote, ReadCursor},
};

/// One chat's messages, in the order of `seq`, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    messages: BTreeMap<i64, Message>,
    /// Changes of messages from before the window. A page of history may be older than they are.
    strays: BTreeMap<i64, Message>,
    /// The head at which the window was read. All changes since are known here, once there is no gap.
    began_at: i64,
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
            strays: BTreeMap::new(),
            began_at: newest.head,
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

    #[must_use]
    pub fn find(&self, id: MessageId) -> Option<&Message> {
        self.messages.values().rev().find(|message| message.id == id)
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

    /// A live event, or the answer to a send or a change.
    pub fn take_message(&mut self, message: Message) {
        let head = message.changed_seq;
        self.place(message);
        if head > self.synced {
            self.ahead.insert(head);
            self.close_gaps();
        }
    }

    /// A page of older messages, asked for with `before`. What changed while it was on its way is known as a stray. One that was
    /// asked for before the window began anew does not fit any more.
    pub fn take_history(&mut self, before: i64, page: Messages) {
        if self.older_than() != Some(before) || page.head < self.began_at {
            return;
        }
        self.has_older = page.more;
        self.take_page(page.items, &page.read);
        let first = self.older_than().unwrap_or(0);
        for message in self.strays.split_off(&first).into_values() {
            self.insert(message);
        }
    }

    /// Changes, asked for with `since`: all up to the page's head. When there were too many, the newest window instead.
    pub fn take_changes(&mut self, page: Messages) {
        if page.limited {
            return self.restart(page);
        }
        let last = page.items.iter().map(|message| message.changed_seq).max();
        for message in page.items {
            self.place(message);
        }
        for cursor in &page.read {
            self.take_read(*cursor);
        }
        self.synced = self.synced.max(page.head).max(last.unwrap_or(0));
        self.close_gaps();
    }

    /// A read cursor only moves forward.
    pub fn take_read(&mut self, cursor: ReadCursor) {
        let read = self.read.entry(cursor.user).or_default();
        *read = cursor.seq.max(*read);
    }

    /// Begins anew with the newest window, and keeps what is newer still.
    fn restart(&mut self, newest: Messages) {
        if newest.head < self.synced {
            return;
        }
        let known = std::mem::replace(self, Self::new(newest));
        for (user, seq) in known.read {
            self.take_read(ReadCursor { user, seq });
        }
        for message in known.messages.into_values().chain(known.strays.into_values()) {
            if message.changed_seq > self.synced {
                self.take_message(message);
            }
        }
    }

    fn take_page(&mut self, items: Vec<Message>, read: &[ReadCursor]) {
        for message in items {
            self.insert(message);
        }
        for cursor in read {
            self.take_read(*cursor);
        }
    }

    /// A change to a message from before the loaded window would stand alone above a hole: it waits for its page of history.
    fn place(&mut self, message: Message) {
        if self.older_than().is_some_and(|oldest| message.seq < oldest) {
            let newer = self.strays.get(&message.seq).is_none_or(|known| known.changed_seq < message.changed_seq);
            if newer {
                self.renew_quotes(&message);
                self.strays.insert(message.seq, message);
            }
        } else {
            self.insert(message);
        }
    }

    /// Whatever quotes a message follows it.
    fn renew_quotes(&mut self, message: &Message) {
        // What is new is quoted nowhere yet.
        if message.changed_seq > message.seq {
            let quote = Quote::of(message);
            self.messages.values_mut().chain(self.strays.values_mut()).for_each(|quoting| renew(quoting, &quote));
        }
    }

    fn insert(&mut self, mut message: Message) {
        self.renew_quotes(&message);
        if let Some(quote) = &message.reply_to
            && let Some(quoted) = self.messages.get(&quote.seq).or_else(|| self.strays.get(&quote.seq))
        {
            let quote = Quote::of(quoted);
            renew(&mut message, &quote);
        }
        match self.messages.get_mut(&message.seq) {
            Some(known) if known.changed_seq >= message.changed_seq => {
                if let Some(quote) = &message.reply_to {
                    renew(known, quote);
                }
            }
            Some(known) => {
                if let Some(quote) = &known.reply_to {
                    renew(&mut message, quote);
                }
                *known = message;
            }
            None => _ = self.messages.insert(message.seq, message),
        }
    }

    fn close_gaps(&mut self) {
        while self.ahead.remove(&(self.synced + 1)) {
            self.synced += 1;
        }
        self.ahead = self.ahead.split_off(&(self.synced + 1));
    }
}

/// A message's quote follows what it quotes.
fn renew(quoting: &mut Message, newer: &Quote) {
    if let Some(quote) = quoting.reply_to.as_mut().filter(|quote| quote.id == newer.id)
        && quote.changed_seq < newer.changed_seq
    {
        quote.clone_from(newer);
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
