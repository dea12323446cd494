//! One chat's listeners on one worker.
//!
//! Changes are passed on in the order of `changed_seq`, each once: every change of a chat takes the next value of its head, so
//! one that comes early is held until those before it have come, or have been read from the database. A room in which nobody
//! hears all keeps no order: an `activity` is only a hint.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use balloond_shared::{ChatId, chat::Messages, event::ServerEvent};
use bytes::Bytes;

use super::{change::Change, feed::Audience, frame, presence::Watched, session::Session};

pub struct Room {
    chat: ChatId,
    seats: Vec<Seat>,
    /// Everything up to here was passed on. Unknown until the first change or the first that hears all.
    synced: Option<i64>,
    /// Changes that came early.
    held: BTreeMap<i64, Arc<Change>>,
    /// Who of its members is online, as far as anybody here looks.
    pub watched: Watched,
}

struct Seat {
    session: Rc<Session>,
    hears: Hears,
}

#[derive(Debug)]
enum Hears {
    /// That something happened.
    Activity,
    /// Nothing yet: what happens is kept until the database was read.
    Later(Box<Kept>),
    /// All, after this head.
    All { after: i64 },
}

/// What happened while a session joined.
#[derive(Debug, Default)]
struct Kept {
    changes: Vec<Arc<Change>>,
    others: Vec<Bytes>,
    /// Where the room was when it began.
    since: Option<i64>,
}

/// What to do about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Heard {
    PassedOn,
    /// Changes before it are missing: wait a moment, then read them.
    Gap,
}

impl Room {
    pub fn new(chat: ChatId) -> Self {
        Self { chat, seats: Vec::new(), synced: None, held: BTreeMap::new(), watched: Watched::default() }
    }

    /// A first head, for a room that knows none yet. What is beyond it was missed.
    pub fn begin_at(&mut self, head: i64) {
        self.synced.get_or_insert(head);
    }

    pub const fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub const fn synced(&self) -> Option<i64> {
        self.synced
    }

    pub fn has_gap(&self) -> bool {
        !self.held.is_empty()
    }

    fn seat(&mut self, session: &Rc<Session>) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| Rc::ptr_eq(&seat.session, session))
    }

    fn keeps_order(&self) -> bool {
        self.seats.iter().any(|seat| !matches!(seat.hears, Hears::Activity))
    }

    /// Gives a member's session a seat. False when it had one.
    pub fn attach(&mut self, session: &Rc<Session>) -> bool {
        let is_new = self.seat(session).is_none();
        if is_new {
            self.seats.push(Seat { session: Rc::clone(session), hears: Hears::Activity });
        }
        is_new
    }

    pub fn leave(&mut self, session: &Rc<Session>) {
        self.seats.retain(|seat| !Rc::ptr_eq(&seat.session, session));
    }

    /// Begins to keep what happens for a session, before the database is read for it.
    pub fn begin_join(&mut self, session: &Rc<Session>) {
        let since = self.synced;
        if let Some(seat) = self.seat(session) {
            seat.hears = Hears::Later(Box::new(Kept { since, ..Kept::default() }));
        }
    }

    /// Back to hearing only that something happens. False when that is all it heard.
    pub fn unsubscribe(&mut self, session: &Rc<Session>) -> bool {
        let seat = self.seat(session).filter(|seat| !matches!(seat.hears, Hears::Activity));
        seat.map(|seat| seat.hears = Hears::Activity).is_some()
    }

    pub fn is_subscribed(&mut self, session: &Rc<Session>) -> bool {
        self.seat(session).is_some_and(|seat| !matches!(seat.hears, Hears::Activity))
    }

    /// Ends a join: sends what the database has, then what happened meanwhile, then `subscribed`. From then on the session hears
    /// all. Without effect when it left meanwhile.
    pub fn finish_join(&mut self, session: &Rc<Session>, read: Messages) {
        let chat = self.chat;
        let has_listeners = self.seats.iter().any(|seat| matches!(seat.hears, Hears::All { .. }));
        let Some(seat) = self.seat(session) else { return };
        let Hears::Later(kept) = &mut seat.hears else { return };
        let mut kept = std::mem::take(&mut **kept);
        let last_item = read.items.iter().map(|message| message.changed_seq).max().unwrap_or(0);
        let mut head = read.head.max(last_item);
        // Too many to tell, or a replica that had not heard what this room had.
        let mut has_gap = read.limited || kept.since.is_some_and(|since| since > head);
        head = head.max(kept.since.unwrap_or(0));

        let mut frames: Vec<Bytes> = Vec::new();
        if !read.limited {
            frames.extend(read.items.into_iter().map(|message| Change::read(message).frame));
        }
        frames.extend(read.read.into_iter().map(|cursor| frame::event(&ServerEvent::Read { chat, cursor })));
        kept.changes.sort_by_key(|change| change.changed_seq);
        for change in &kept.changes {
            if change.changed_seq <= head {
                continue;
            }
            has_gap |= change.changed_seq != head + 1;
            head = change.changed_seq;
            frames.push(change.frame.clone());
        }
        frames.append(&mut kept.others);
        if has_gap {
            frames.push(frame::event(&ServerEvent::Resync { chat: Some(chat) }));
        }
        frames.push(frame::event(&ServerEvent::Subscribed { chat, head }));
        session.push(frame::concat(&frames));
        seat.hears = Hears::All { after: head };
        if !has_listeners {
            self.synced = self.synced.max(Some(head));
            self.held = self.held.split_off(&(head + 1));
        }
    }

    /// Passes a change on in its turn.
    pub fn hear(&mut self, change: &Arc<Change>) -> Heard {
        let next = self.synced.map(|synced| synced + 1);
        match next {
            Some(next) if change.changed_seq < next => Heard::PassedOn,
            Some(next) if change.changed_seq > next && self.keeps_order() => {
                self.held.insert(change.changed_seq, Arc::clone(change));
                Heard::Gap
            }
            _ => {
                self.pass_on(change);
                self.release();
                Heard::PassedOn
            }
        }
    }

    /// The database has nothing up to `head` but what was heard: whatever is held comes next.
    pub fn close_gap(&mut self, head: i64) {
        while let Some((_, change)) = self.held.pop_first() {
            self.pass_on(&change);
        }
        self.synced = self.synced.max(Some(head));
    }

    /// The database has nothing up to `head` but what was heard; what is held beyond waits for its turn.
    pub fn fill_to(&mut self, head: i64) {
        let beyond = self.held.split_off(&(head + 1));
        for change in std::mem::replace(&mut self.held, beyond).into_values() {
            self.pass_on(&change);
        }
        self.synced = self.synced.max(Some(head));
        self.release();
    }

    fn release(&mut self) {
        while let Some(entry) = self.held.first_entry() {
            let next = self.synced.unwrap_or(0) + 1;
            if *entry.key() > next {
                break;
            }
            let change = entry.remove();
            if change.changed_seq == next {
                self.pass_on(&change);
            }
        }
    }

    fn pass_on(&mut self, change: &Arc<Change>) {
        self.synced = self.synced.max(Some(change.changed_seq));
        for seat in &mut self.seats {
            match &mut seat.hears {
                Hears::Activity => {
                    if let Some(activity) = change.activity() {
                        seat.session.push(activity.clone());
                    }
                }
                Hears::Later(kept) => kept.changes.push(Arc::clone(change)),
                Hears::All { after } => {
                    if change.changed_seq > *after {
                        *after = change.changed_seq;
                        seat.session.push(change.frame.clone());
                    }
                }
            }
        }
    }

    /// Passes on what has no place in the order.
    pub fn tell(&mut self, frame: &Bytes, to: Audience) {
        for seat in self.seats.iter_mut().filter(|seat| to.includes(&seat.session)) {
            match &mut seat.hears {
                Hears::Activity if to == Audience::All => seat.session.push(frame.clone()),
                Hears::Activity => {}
                Hears::Later(kept) => kept.others.push(frame.clone()),
                Hears::All { .. } => seat.session.push(frame.clone()),
            }
        }
    }

    /// Somebody hears all.
    pub fn has_subscribers(&self) -> bool {
        self.subscribers().next().is_some()
    }

    /// Those who hear all.
    pub fn subscribers(&self) -> impl Iterator<Item = &Rc<Session>> {
        self.seats.iter().filter(|seat| matches!(seat.hears, Hears::All { .. })).map(|seat| &seat.session)
    }

    /// Those who have a seat.
    pub fn sessions(&self) -> impl Iterator<Item = &Rc<Session>> {
        self.seats.iter().map(|seat| &seat.session)
    }

    /// Tells those who hear all that they may have missed something.
    pub fn resync(&mut self) {
        let resync = frame::event(&ServerEvent::Resync { chat: Some(self.chat) });
        self.tell(&resync, Audience::Subscribers);
    }
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
