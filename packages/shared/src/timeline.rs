//! What a client knows of a chat: history, live events and catching up merged into one list. Pure, so that it is tested natively
//! and runs in the browser.
//!
//! Every change of a chat took the next value of its head, so a client that knows all up to `synced` and hears of a change
//! with a `changed_seq` beyond `synced + 1` knows that it missed one, and asks for all since `synced`.

use crate::{
    ClientId, MessageId, UserId,
    chat::{Message, Messages, Quote, ReadCursor},
};

/// One chat's messages, in the order of `seq`, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    messages: Ordered,
    /// Changes of messages from before the window. A page of history may be older than they are.
    strays: Ordered,
    /// The head at which the window was read. All changes since are known here, once there is no gap.
    began_at: i64,
    /// All changes up to this head are known.
    synced: i64,
    /// Heads beyond a gap whose changes are known already, in any order.
    ahead: Vec<i64>,
    has_older: bool,
    /// One a member, in any order.
    read: Vec<ReadCursor>,
}

/// Messages in the order of `seq`, each once. A list and no tree: it is short, grows at its ends, and the browser has lists anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ordered(Vec<Message>);

impl Ordered {
    /// Where `seq` is, or would be.
    fn place(&self, seq: i64) -> usize {
        self.0.partition_point(|message| message.seq < seq)
    }

    fn get(&self, seq: i64) -> Option<&Message> {
        self.0.get(self.place(seq)).filter(|message| message.seq == seq)
    }

    fn get_mut(&mut self, seq: i64) -> Option<&mut Message> {
        let place = self.place(seq);
        self.0.get_mut(place).filter(|message| message.seq == seq)
    }

    /// In the place of the one with its `seq`, if there is one.
    fn insert(&mut self, message: Message) {
        match self.get_mut(message.seq) {
            Some(known) => *known = message,
            None => {
                let place = self.place(message.seq);
                self.0.insert(place, message);
            }
        }
    }
}

impl Timeline {
    /// Begins with the newest page of history.
    #[must_use]
    pub fn new(newest: Messages) -> Self {
        let mut timeline = Self {
            messages: Ordered::default(),
            strays: Ordered::default(),
            began_at: newest.head,
            synced: newest.head,
            ahead: Vec::new(),
            has_older: newest.more,
            read: Vec::new(),
        };
        timeline.take_page(newest.items, &newest.read);
        timeline
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.0.iter()
    }

    #[must_use]
    pub fn find(&self, id: MessageId) -> Option<&Message> {
        self.messages().rev().find(|message| message.id == id)
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
        self.messages.0.first().filter(|_| self.has_older).map(|oldest| oldest.seq)
    }

    /// The `seq` of the newest message; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.messages.0.last().map_or(0, |newest| newest.seq)
    }

    /// How far a member has read.
    #[must_use]
    pub fn read_by(&self, user: UserId) -> i64 {
        self.read.iter().find(|cursor| cursor.user == user).map_or(0, |cursor| cursor.seq)
    }

    #[must_use]
    pub fn holds(&self, sender: UserId, client_id: ClientId) -> bool {
        self.messages().rev().any(|message| message.client_id == client_id && message.sender == sender)
    }

    /// A live event, or the answer to a send or a change.
    pub fn take_message(&mut self, message: Message) {
        let head = message.changed_seq;
        self.place(message);
        if head > self.synced {
            self.ahead.push(head);
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
        for message in self.strays.0.split_off(self.strays.place(first)) {
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
        match self.read.iter_mut().find(|known| known.user == cursor.user) {
            Some(known) => known.seq = known.seq.max(cursor.seq),
            None => self.read.push(cursor),
        }
    }

    /// Begins anew with the newest window, and keeps what is newer still.
    fn restart(&mut self, newest: Messages) {
        if newest.head < self.synced {
            return;
        }
        let known = std::mem::replace(self, Self::new(newest));
        for cursor in known.read {
            self.take_read(cursor);
        }
        for message in known.messages.0.into_iter().chain(known.strays.0) {
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
            let newer = self.strays.get(message.seq).is_none_or(|known| known.changed_seq < message.changed_seq);
            if newer {
                self.renew_quotes(&message);
                self.strays.insert(message);
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
            self.messages.0.iter_mut().chain(&mut self.strays.0).for_each(|quoting| renew(quoting, &quote));
        }
    }

    fn insert(&mut self, mut message: Message) {
        self.renew_quotes(&message);
        if let Some(quote) = &message.reply_to
            && let Some(quoted) = self.messages.get(quote.seq).or_else(|| self.strays.get(quote.seq))
        {
            let quote = Quote::of(quoted);
            renew(&mut message, &quote);
        }
        match self.messages.get_mut(message.seq) {
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
            None => self.messages.insert(message),
        }
    }

    fn close_gaps(&mut self) {
        while self.ahead.contains(&(self.synced + 1)) {
            self.synced += 1;
        }
        self.ahead.retain(|head| *head > self.synced);
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
