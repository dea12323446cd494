//! What was sent and what became of it, as its senders know it; the measure of what everybody sees in the end.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use balloond_shared::{ChatId, ClientId, MessageId, UserId};

/// A message that somebody wrote.
#[derive(Clone, Debug)]
pub struct Written {
    pub client: usize,
    pub chat: ChatId,
    pub body: String,
    /// Its number among all: what one client wrote later has a greater one.
    pub number: usize,
    /// Stored, as the answer said.
    pub acknowledged: Option<MessageId>,
    pub is_deleted: bool,
}

/// One for all clients.
#[derive(Debug, Default)]
pub struct Tally {
    pub written: RefCell<HashMap<ClientId, Written>>,
    /// The reactions that were confirmed: given or taken back.
    pub reactions: RefCell<HashMap<(MessageId, UserId, &'static str), bool>>,
    acknowledged: Cell<usize>,
    put_off: Cell<usize>,
    unanswered: Cell<usize>,
    unexpected: RefCell<Vec<String>>,
}

/// Numbers of a moment, to be compared with those of another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub acknowledged: usize,
    /// Answers that said "not now".
    pub put_off: usize,
    /// Requests without an answer.
    pub unanswered: usize,
}

impl Tally {
    pub fn write(&self, id: ClientId, client: usize, chat: ChatId) -> String {
        let mut written = self.written.borrow_mut();
        let number = written.len();
        let body = format!("number {number}, by client {client}");
        let new = Written { client, chat, body: body.clone(), number, acknowledged: None, is_deleted: false };
        written.insert(id, new);
        body
    }

    pub fn acknowledge(&self, id: ClientId, message: MessageId) {
        if let Some(written) = self.written.borrow_mut().get_mut(&id)
            && written.acknowledged.replace(message).is_none()
        {
            self.acknowledged.set(self.acknowledged.get() + 1);
        }
    }

    pub fn is_acknowledged(&self, id: ClientId) -> bool {
        self.written.borrow().get(&id).is_some_and(|written| written.acknowledged.is_some())
    }

    /// Changes what is known of a message.
    pub fn change(&self, id: ClientId, change: impl FnOnce(&mut Written)) {
        if let Some(written) = self.written.borrow_mut().get_mut(&id) {
            change(written);
        }
    }

    pub fn put_off(&self) {
        self.put_off.set(self.put_off.get() + 1);
    }

    pub fn unanswered(&self) {
        self.unanswered.set(self.unanswered.get() + 1);
    }

    /// What no fault excuses.
    pub fn unexpected(&self, what: String) {
        self.unexpected.borrow_mut().push(what);
    }

    pub fn take_unexpected(&self) -> Vec<String> {
        self.unexpected.take()
    }

    pub fn counts(&self) -> Counts {
        Counts { acknowledged: self.acknowledged.get(), put_off: self.put_off.get(), unanswered: self.unanswered.get() }
    }
}
