//! When the feed is silent, late or incomplete, the database is asked: it is the truth, the feed only wakes. It is asked now and then
//! with the feed up too: a process that is killed between storing and telling tells nobody.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix_web::rt::{self, time::sleep};
use balloond_domain::chat;
use balloond_shared::{
    ChatId,
    chat::{CATCH_UP_LIMIT, Message},
    event::ServerEvent,
};
use tokio::task::yield_now;

use super::{change::Change, frame, hub::Hub, presence, room::Room};

/// How long an early change waits for those before it to come by themselves.
const GAP_PATIENCE: Duration = Duration::from_millis(100);
/// How often the heads of chats are asked for while the feed is away; half of it at random besides, so that workers spread.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// With the feed up, every so many times, for the chats that somebody looks at.
const LOOK_EVERY: u32 = 6;
/// Changes passed on at once: fewer than may wait for a socket, whose turn to write comes between.
const AT_ONCE: usize = 32;
/// Chats asked for at once.
const CHUNK: usize = 500;

/// Fills a room's gap, unless it closes by itself in a moment.
pub fn heal(hub: &Rc<Hub>, chat: ChatId) {
    if hub.healing.borrow_mut().insert(chat) {
        let hub = Rc::clone(hub);
        rt::spawn(async move {
            sleep(GAP_PATIENCE).await;
            fill_gap(&hub, chat).await;
            hub.healing.borrow_mut().remove(&chat);
        });
    }
}

async fn fill_gap(hub: &Hub, chat: ChatId) {
    let since = hub.rooms.borrow().get(&chat).filter(|room| room.has_gap()).and_then(|room| room.synced());
    if let Some(since) = since
        && !catch_up(hub, chat, since, since).await
        && let Some(room) = hub.rooms.borrow_mut().get_mut(&chat)
    {
        room.resync();
        room.close_gap(since);
    }
}

/// Passes on what the database has after `since`, up to `head` at least. False when it cannot be asked.
async fn catch_up(hub: &Hub, chat: ChatId, mut since: i64, head: i64) -> bool {
    loop {
        let Ok(changes) = chat::changes(&hub.services, chat, since).await else { return false };
        let is_last = changes.len() < usize::try_from(CATCH_UP_LIMIT).unwrap_or(0);
        let mut changes = changes.into_iter();
        while changes.len() > 0 {
            let some: Vec<_> = changes.by_ref().take(AT_ONCE).collect();
            since = some.iter().map(|message| message.changed_seq).fold(since, i64::max);
            if !pass_on(hub, chat, some, since) {
                return true;
            }
            yield_now().await;
        }
        if is_last {
            let mut rooms = hub.rooms.borrow_mut();
            let Some(room) = rooms.get_mut(&chat) else { return true };
            room.close_gap(since.max(head));
            return true;
        }
    }
}

/// Passes on what was read, after which nothing is missing up to `head`. False when nobody listens any more.
fn pass_on(hub: &Hub, chat: ChatId, changes: Vec<Message>, head: i64) -> bool {
    let mut rooms = hub.rooms.borrow_mut();
    let Some(room) = rooms.get_mut(&chat) else { return false };
    for message in changes {
        let _ = room.hear(&Arc::new(Change::read(message)));
    }
    // Those that changed twice are read once, so the numbers have holes.
    room.fill_to(head);
    true
}

/// Asks for the heads of this worker's chats, and passes on what changed and was not told.
pub async fn watch(hub: Rc<Hub>) {
    let (mut turns, mut was_down) = (0_u32, true);
    loop {
        sleep(POLL_EVERY.mul_f64(1.0 + 0.5 * rand::random::<f64>())).await;
        turns = turns.wrapping_add(1);
        if hub.has_sockets() {
            hub.services.cache.stay_awake();
        }
        let is_down = hub.feed.is_down();
        if is_down && !was_down {
            // Redis does not tell any more who is online either.
            presence::look(&hub).await;
        }
        was_down = is_down;
        if is_down {
            poll(&hub, &chats(&hub, |_| true), Duration::ZERO).await;
        } else if turns.is_multiple_of(LOOK_EVERY) {
            poll(&hub, &chats(&hub, Room::has_subscribers), GAP_PATIENCE).await;
        }
    }
}

fn chats(hub: &Hub, wanted: impl Fn(&Room) -> bool) -> Vec<ChatId> {
    hub.rooms.borrow().iter().filter(|(_, room)| wanted(room)).map(|(chat, _)| *chat).collect()
}

/// The feed is back: asks a last time, then lets everybody fetch what is not part of a chat.
pub fn end(hub: &Rc<Hub>) {
    let hub = Rc::clone(hub);
    rt::spawn(async move {
        let chats = chats(&hub, |_| true);
        for chunk in chats.chunks(CHUNK) {
            part_former_members(&hub, chunk).await;
        }
        let here = hub.who_is_here();
        for chunk in here.chunks(CHUNK) {
            if let Ok(blocks) = chat::kept_apart(&hub.services, chunk).await {
                hub.keep_apart(chunk, &blocks);
            }
        }
        poll(&hub, &chats, Duration::ZERO).await;
        hub.resync_all();
    });
}

/// `patience`: what is on its way may come by itself meanwhile.
async fn poll(hub: &Hub, chats: &[ChatId], patience: Duration) {
    for chunk in chats.chunks(CHUNK) {
        let Ok(heads) = chat::heads(&hub.services, chunk).await else { return };
        let behind = |(chat, head): &(ChatId, i64)| {
            hub.rooms.borrow_mut().get_mut(chat).is_some_and(|room| {
                room.begin_at(*head);
                room.synced() < Some(*head)
            })
        };
        let late: Vec<(ChatId, i64)> = heads.into_iter().filter(behind).collect();
        if !late.is_empty() && !patience.is_zero() {
            sleep(patience).await;
        }
        for (chat, head) in late {
            let synced = hub.rooms.borrow().get(&chat).and_then(Room::synced);
            if let Some(since) = synced.filter(|synced| *synced < head)
                && part_former_members(hub, &[chat]).await
            {
                catch_up(hub, chat, since, head).await;
            }
        }
    }
}

/// Takes the seats of those who left or were removed while nobody told. False when the database cannot be asked: then nothing is
/// to be passed on.
async fn part_former_members(hub: &Hub, chats: &[ChatId]) -> bool {
    let Ok(members) = chat::are_members(&hub.services, chats).await else { return false };
    let former = |chat: ChatId| {
        let rooms = hub.rooms.borrow();
        let sessions = rooms.get(&chat).into_iter().flat_map(|room| room.sessions());
        sessions.filter(|session| !members.contains(&(chat, session.viewer.user))).cloned().collect::<Vec<_>>()
    };
    for &chat in chats {
        for session in former(chat) {
            hub.detach(&session, chat);
            session.push(frame::event(&ServerEvent::ChatClosed { chat }));
        }
    }
    true
}
