//! Who is online. Every worker says again and again who has a socket here, and asks who of the people is online whose chats are
//! looked at here. With Redis away that is not known, and is told so.

use std::{
    collections::{BTreeSet, HashSet},
    rc::Rc,
};

use actix_web::rt::{self, time::sleep};
use balloond_cache::PRESENCE_RENEWED;
use balloond_domain::{notification, privacy};
use balloond_shared::{ChatId, UserId, event::ServerEvent};
use bytes::Bytes;

use super::{feed::Audience, frame, hub::Hub, session::Session};

/// The members of a room, and who of them was online when it was asked last. Who does not show it is never seen to be.
#[derive(Debug, Default)]
pub struct Watched {
    people: Vec<UserId>,
    /// None while it is not known.
    online: Option<BTreeSet<UserId>>,
}

impl Watched {
    /// Takes an answer. True when it is another than the last.
    fn take(&mut self, online: Option<&HashSet<UserId>>) -> bool {
        let online = online.map(|online| self.people.iter().filter(|user| online.contains(user)).copied().collect());
        let has_changed = self.online != online;
        self.online = online;
        has_changed
    }

    /// As its reader is told, who knows of themselves, and nothing of those whom a block keeps apart from them.
    fn frame(&self, chat: ChatId, reader: &Session) -> Bytes {
        let is_told = |user: &&UserId| **user != reader.viewer.user && !reader.is_apart_from(**user);
        let others = self.online.as_ref().map(|online| online.iter().filter(is_told).copied().collect());
        frame::event(&ServerEvent::Presence { chat, online: others })
    }
}

/// Says and asks until the process ends.
pub async fn keep(hub: Rc<Hub>) {
    loop {
        sleep(PRESENCE_RENEWED.mul_f64(0.75 + 0.25 * rand::random::<f64>())).await;
        let online = hub.who_shows_presence();
        if !online.is_empty() && privacy::mark_online(&hub.services, &online).await.is_err() {
            tracing::debug!("who is online was not told");
        }
        let here = hub.who_is_here();
        if !here.is_empty() && notification::mark_here(&hub.services, &here).await.is_err() {
            tracing::debug!("who has a socket was not told");
        }
        look(&hub).await;
    }
}

/// Says at once that somebody came.
pub fn came(hub: &Rc<Hub>, session: &Session) {
    let (hub, user, shows) = (Rc::clone(hub), session.viewer.user, session.privacy.get().presence);
    rt::spawn(async move {
        notification::mark_here(&hub.services, &[user]).await?;
        if shows { privacy::mark_online(&hub.services, &[user]).await } else { Ok(()) }
    });
}

/// A socket that begins to hear a chat is told who is online there. `people`: the members.
pub async fn begin(hub: &Hub, session: &Rc<Session>, chat: ChatId, people: Vec<UserId>) {
    if !session.privacy.get().presence {
        return;
    }
    let online = privacy::who_is_online(&hub.services, &people).await;
    if let Some(room) = hub.rooms.borrow_mut().get_mut(&chat) {
        room.watched.people = people;
        let has_changed = room.watched.take(online.as_ref());
        if has_changed { tell(room, chat) } else { session.push(room.watched.frame(chat, session)) }
    }
}

/// The members of a chat are others now.
pub fn renew(hub: &Rc<Hub>, chat: ChatId) {
    let hub = Rc::clone(hub);
    rt::spawn(async move {
        if let Ok(people) = privacy::members(&hub.services, chat).await
            && let Some(room) = hub.rooms.borrow_mut().get_mut(&chat)
        {
            room.watched.people = people;
        }
    });
}

/// Asks who is online where somebody looks, and tells what changed.
pub async fn look(hub: &Hub) {
    let people: HashSet<UserId> = {
        let rooms = hub.rooms.borrow();
        let looked_at = rooms.values().filter(|room| room.has_subscribers());
        looked_at.flat_map(|room| room.watched.people.iter().copied()).collect()
    };
    if people.is_empty() {
        return;
    }
    let online = privacy::who_is_online(&hub.services, &people.into_iter().collect::<Vec<_>>()).await;
    for (chat, room) in hub.rooms.borrow_mut().iter_mut().filter(|(_, room)| room.has_subscribers()) {
        if room.watched.take(online.as_ref()) {
            tell(room, *chat);
        }
    }
}

/// Tells anew who is online wherever all of these people are.
pub fn tell_of(hub: &Hub, people: &[UserId]) {
    for (chat, room) in hub.rooms.borrow().iter() {
        if people.iter().all(|user| room.watched.people.contains(user)) {
            tell(room, *chat);
        }
    }
}

/// Tells one socket anew what it hears of who is online: it was too slow, and among what it lost that may have been. Messages it fetches,
/// as it is told to; this there is nothing to fetch by.
pub fn tell_again(hub: &Hub, session: &Rc<Session>) {
    if !Audience::Presence.includes(session) {
        return;
    }
    let rooms = hub.rooms.borrow();
    let chats = session.chats.borrow();
    let heard = chats.iter().filter_map(|chat| rooms.get(chat).map(|room| (*chat, room)));
    let heard = heard.filter(|(_, room)| room.subscribers().any(|subscriber| Rc::ptr_eq(subscriber, session)));
    let frames: Vec<Bytes> = heard.map(|(chat, room)| room.watched.frame(chat, session)).collect();
    if !frames.is_empty() {
        session.push(frame::concat(&frames));
    }
}

fn tell(room: &super::room::Room, chat: ChatId) {
    for session in room.subscribers().filter(|session| Audience::Presence.includes(session)) {
        session.push(room.watched.frame(chat, session));
    }
}
