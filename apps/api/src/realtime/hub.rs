//! The sockets of one worker: who they belong to, and which chats they hear.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_http::ws::CloseCode;
use actix_web::{rt, web};
use balloond_domain::{
    Services,
    chat::{self, Standing},
    realtime::Apart,
};
use balloond_shared::{ChatId, UserId, event::ServerEvent};
use balloond_traces::Traceparent;
use chrono::{DateTime, Utc};
use tracing::Span;

use super::{
    feed::{Audience, Feed, Inbox, News, Next},
    frame, measures, outage, presence,
    room::{Heard, Room},
    session::{End, Session},
};
use crate::extract::Signed;

/// How often quiet and stalled sockets are looked for.
const CHECK_EVERY: Duration = Duration::from_secs(5);
/// Sockets that a person has on one worker at most.
const SOCKETS_PER_PERSON: usize = 500;

/// A time to come, by the clock that is not set.
fn instant(time: DateTime<Utc>) -> Instant {
    Instant::now() + (time - Utc::now()).to_std().unwrap_or_default()
}

/// Around what is told to sockets here; a chat's room has some, or it is none.
fn delivering(trace: Option<Traceparent>) -> Span {
    trace.map_or_else(Span::none, balloond_traces::delivered)
}

/// One a worker, on its thread alone.
pub struct Hub {
    pub(super) services: web::Data<Services>,
    pub(super) feed: Arc<Feed>,
    pub(super) rooms: RefCell<HashMap<ChatId, Room>>,
    people: RefCell<HashMap<UserId, Vec<Rc<Session>>>>,
    /// Rooms whose gap is about to be filled.
    pub(super) healing: RefCell<HashSet<ChatId>>,
}

impl Hub {
    /// Begins to hear the feed, on this worker's thread.
    pub fn start(services: web::Data<Services>, feed: Arc<Feed>) -> Rc<Self> {
        let inbox = feed.join();
        let hub = Rc::new(Self {
            services,
            feed,
            rooms: RefCell::default(),
            people: RefCell::default(),
            healing: RefCell::default(),
        });
        rt::spawn(Rc::clone(&hub).listen(inbox));
        rt::spawn(Rc::clone(&hub).check_sockets());
        rt::spawn(outage::watch(Rc::clone(&hub)));
        rt::spawn(presence::keep(Rc::clone(&hub)));
        hub
    }

    async fn listen(self: Rc<Self>, mut inbox: Inbox) {
        while let Some(next) = inbox.next().await {
            match next {
                Next::News(news) => self.hear(news),
                // A revoked session may be among what was missed: whoever comes back is authenticated anew.
                Next::Missed => self.end_all(CloseCode::Restart),
            }
        }
    }

    fn hear(self: &Rc<Self>, news: News) {
        match news {
            News::Change { change, trace } => {
                let hear = |room: &mut Room| delivering(trace).in_scope(|| room.hear(&change));
                let heard = self.rooms.borrow_mut().get_mut(&change.chat).map(hear);
                if heard == Some(Heard::Gap) {
                    outage::heal(self, change.chat);
                }
            }
            News::Chat { chat, frame, to, trace } => {
                let mut rooms = self.rooms.borrow_mut();
                let Some(room) = rooms.get_mut(&chat) else { return };
                delivering(trace).in_scope(|| room.tell(&frame, to));
                if to == Audience::All && room.has_subscribers() {
                    presence::renew(self, chat);
                }
            }
            News::User { user, frame, opened, closed, privacy, trace } => {
                let sockets = self.sockets_of(user);
                let _delivering = trace.filter(|_| !sockets.is_empty()).map(|trace| delivering(Some(trace)).entered());
                for session in sockets {
                    session.privacy.set(privacy.unwrap_or(session.privacy.get()));
                    self.attach(&session, opened);
                    closed.into_iter().for_each(|chat| self.detach(&session, chat));
                    session.push(frame.clone());
                }
            }
            News::SessionRevoked(revoked) => {
                for session in self.sockets().filter(|session| session.viewer.session == revoked) {
                    session.end(End::Close(frame::SESSION_ENDED));
                }
            }
            News::Apart(Apart { one, other, stands }) => {
                for (person, from) in [(one, other), (other, one)] {
                    self.sockets_of(person).iter().for_each(|session| session.part(from, stands));
                }
                presence::tell_of(self, &[one, other]);
            }
            News::Up => outage::end(self),
            News::Closing => self.end_all(CloseCode::Restart),
        }
    }

    async fn check_sockets(self: Rc<Self>) {
        loop {
            rt::time::sleep(CHECK_EVERY).await;
            let now = Instant::now();
            self.sockets().for_each(|session| session.check(now));
        }
    }

    pub fn has_sockets(&self) -> bool {
        !self.people.borrow().is_empty()
    }

    /// What happens elsewhere is heard at once; else the database is asked for it.
    pub fn hears(&self) -> bool {
        !self.feed.is_down()
    }

    /// Another socket of this person may be opened.
    pub fn has_room_for(&self, user: UserId) -> bool {
        let sockets = self.people.borrow().get(&user).map_or(0, Vec::len);
        !self.feed.is_closing() && sockets < SOCKETS_PER_PERSON
    }

    /// A socket opened: it hears `ready`, and from then on what is for its person.
    pub(super) fn enter(&self, &Signed(viewer, until): &Signed) -> Rc<Session> {
        measures::SOCKETS.add(1);
        let session = Rc::new(Session::new(viewer, until.map(instant)));
        session.push(frame::event(&ServerEvent::Ready { user: viewer.user }));
        self.people.borrow_mut().entry(viewer.user).or_default().push(Rc::clone(&session));
        if self.feed.is_closing() {
            session.end(End::Close(CloseCode::Restart));
        }
        session
    }

    /// A socket is gone.
    pub(super) fn leave(&self, session: &Rc<Session>) {
        measures::SOCKETS.add(-1);
        for chat in session.chats.take() {
            self.leave_room(session, chat);
        }
        let mut people = self.people.borrow_mut();
        if let Some(sockets) = people.get_mut(&session.viewer.user) {
            sockets.retain(|socket| !Rc::ptr_eq(socket, session));
            if sockets.is_empty() {
                people.remove(&session.viewer.user);
            }
        }
    }

    pub(super) fn leave_room(&self, session: &Rc<Session>, chat: ChatId) {
        let mut rooms = self.rooms.borrow_mut();
        if let Some(room) = rooms.get_mut(&chat) {
            room.leave(session);
            if room.is_empty() {
                rooms.remove(&chat);
            }
        }
    }

    /// Gives a member's socket its seats.
    pub(super) fn attach(&self, session: &Rc<Session>, chats: impl IntoIterator<Item = ChatId>) {
        let mut rooms = self.rooms.borrow_mut();
        for chat in chats {
            if rooms.entry(chat).or_insert_with(|| Room::new(chat)).attach(session) {
                session.chats.borrow_mut().push(chat);
            }
        }
    }

    /// Takes a socket's seat away: from now on it hears nothing of the chat.
    pub(super) fn detach(&self, session: &Rc<Session>, chat: ChatId) {
        self.unsubscribe(session, chat);
        session.chats.borrow_mut().retain(|seat| *seat != chat);
        self.leave_room(session, chat);
    }

    /// Gives a socket a seat in each of its person's chats, however long the database takes to name them.
    pub(super) async fn attach_memberships(self: &Rc<Self>, session: &Rc<Session>) {
        let mut attempt = 0;
        loop {
            match chat::standing(&self.services, session.viewer.user).await {
                Ok(Standing { privacy, chats, apart }) => {
                    session.privacy.set(privacy);
                    session.keep_apart_from(apart);
                    presence::came(self, session);
                    break self.attach(session, chats);
                }
                Err(error) => tracing::warn!(code = ?error.to_api().code, "memberships could not be read"),
            }
            let wait = balloond_shared::backoff::backoff_ms(attempt, rand::random());
            rt::time::sleep(Duration::from_millis(wait.into())).await;
            attempt += 1;
        }
    }

    /// Whose sockets are here, of those who show when they are online.
    pub(super) fn who_shows_presence(&self) -> Vec<UserId> {
        let people = self.people.borrow();
        let shows = |sockets: &Vec<Rc<Session>>| sockets.iter().any(|session| session.privacy.get().presence);
        people.iter().filter(|(_, sockets)| shows(sockets)).map(|(user, _)| *user).collect()
    }

    /// Whose sockets are here.
    pub(super) fn who_is_here(&self) -> Vec<UserId> {
        self.people.borrow().keys().copied().collect()
    }

    /// Tells all sockets that they may have missed something.
    pub(super) fn resync_all(&self) {
        let resync = frame::event(&ServerEvent::Resync { chat: None });
        self.sockets().for_each(|session| session.push(resync.clone()));
    }

    fn end_all(&self, code: CloseCode) {
        self.sockets().for_each(|session| session.end(End::Close(code)));
    }

    /// Those of these people who have sockets here hear nothing of each other's presence that blocks keep apart.
    pub(super) fn keep_apart(&self, people: &[UserId], blocks: &[(UserId, UserId)]) {
        for person in people {
            let others = blocks.iter().filter_map(|(one, other)| match (one == person, other == person) {
                (true, _) => Some(*other),
                (_, true) => Some(*one),
                _ => None,
            });
            let others: Vec<_> = others.collect();
            self.sockets_of(*person).iter().for_each(|session| session.keep_apart_from(others.clone()));
        }
    }

    fn sockets_of(&self, user: UserId) -> Vec<Rc<Session>> {
        self.people.borrow().get(&user).cloned().unwrap_or_default()
    }

    fn sockets(&self) -> impl Iterator<Item = Rc<Session>> {
        self.people.borrow().values().flatten().cloned().collect::<Vec<_>>().into_iter()
    }
}
