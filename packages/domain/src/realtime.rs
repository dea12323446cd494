//! Telling: after the commit, an event goes to every node, which passes it to the sockets it is for.

use std::{sync::Arc, time::Duration};

use balloond_cache::{Envelope, EventKind, Heard, Notice as FromFeed, Subscription};
use balloond_database::account;
use balloond_shared::{ChatId, SessionId, UserId, event::ServerEvent};
use balloond_traces::Traceparent;
use bytes::Bytes;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use uuid::Uuid;

use crate::{Result, Services, auth::ACCESS_TOKEN_LIFE};

/// Between two questions which sessions were revoked, while nobody tells.
const POLL: Duration = Duration::from_secs(1);

/// What a node hears of the others.
#[derive(Clone, Debug)]
pub enum Notice {
    /// An encoded `ServerEvent` for the members of a chat, and where a trace goes on with it.
    Chat { chat: ChatId, event: Bytes, trace: Option<Traceparent> },
    /// An encoded `ServerEvent` for all sockets of a person, and where a trace goes on with it.
    User { user: UserId, event: Bytes, trace: Option<Traceparent> },
    /// A session ended: its sockets close at once.
    SessionRevoked { session: SessionId },
    /// A block stands between two people, or stands no more. For the nodes alone: neither of the two is told.
    Apart(Apart),
    /// The feed is away: what happens now is not heard.
    Down,
    /// The feed is back; what happened in between was not heard.
    Up,
}

/// Two people, and whether a block stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    pub one: UserId,
    pub other: UserId,
    pub stands: bool,
}

type Hear = Arc<dyn Fn(Notice) + Send + Sync>;

/// Follows the feed until the process ends, keeping track of revoked sessions and passing every notice to `hear`.
/// One a process; it comes back by itself. `hear` must not block.
pub fn listen(services: &Services, hear: impl Fn(Notice) + Send + Sync + 'static) -> JoinHandle<()> {
    let hear: Hear = Arc::new(hear);
    let (is_up, follow_up) = watch::channel(false);
    tokio::spawn(follow_revocations(services.clone(), Arc::clone(&hear), follow_up));
    tokio::spawn(follow_feed(services.clone(), services.cache.subscribe(), hear, is_up))
}

async fn follow_feed(services: Services, mut feed: Subscription, hear: Hear, is_up: watch::Sender<bool>) {
    while let Some(heard) = feed.next().await {
        match heard {
            FromFeed::Event(Heard { kind, target, trace, payload: event }) => match kind {
                EventKind::Chat => hear(Notice::Chat { chat: ChatId::from_uuid(target), event, trace }),
                EventKind::User => hear(Notice::User { user: UserId::from_uuid(target), event, trace }),
                EventKind::Session => end(&services, &hear, SessionId::from_uuid(target)),
                EventKind::Apart => {
                    serde_json::from_slice(&event).into_iter().for_each(|apart| hear(Notice::Apart(apart)));
                }
            },
            FromFeed::Up => {
                is_up.send_replace(true);
                hear(Notice::Up);
            }
            FromFeed::Down => {
                is_up.send_replace(false);
                hear(Notice::Down);
            }
        }
    }
}

/// Asks the database which sessions were revoked: at the start, whenever the feed comes back, and again and again while it is
/// away. Ends with the feed's task.
async fn follow_revocations(services: Services, hear: Hear, mut is_up: watch::Receiver<bool>) {
    loop {
        let hears_the_rest = *is_up.borrow_and_update();
        let asked = revoked(&services).await;
        if let Err(error) = &asked {
            tracing::debug!(%error, "revoked sessions are not known");
        }
        let is_told = hears_the_rest && asked.is_ok();
        for session in asked.unwrap_or_default() {
            end(&services, &hear, session);
        }
        let feed_ended = if is_told {
            is_up.changed().await.is_err()
        } else {
            matches!(timeout(POLL, is_up.changed()).await, Ok(Err(_)))
        };
        if feed_ended {
            return;
        }
    }
}

async fn revoked(services: &Services) -> Result<Vec<SessionId>> {
    let mut conn = services.database.primary().await?;
    Ok(account::revoked_since(&mut conn, Utc::now() - ACCESS_TOKEN_LIFE).await?)
}

fn end(services: &Services, hear: &Hear, session: SessionId) {
    services.tokens.revoke(session);
    hear(Notice::SessionRevoked { session });
}

/// Tells the members of a chat, wherever they are connected.
pub(crate) async fn tell_chat(services: &Services, chat: ChatId, event: &ServerEvent) {
    tell(services, EventKind::Chat, chat.as_uuid(), event).await;
}

/// Tells a person, wherever they are connected.
pub(crate) async fn tell_user(services: &Services, user: UserId, event: &ServerEvent) {
    tell(services, EventKind::User, user.as_uuid(), event).await;
}

/// Ends a session's tokens and sockets here, and tells the other nodes to.
pub(crate) async fn tell_session_revoked(services: &Services, session: SessionId) {
    services.tokens.revoke(session);
    publish(services, EventKind::Session, session.as_uuid(), None, &[]).await;
}

/// Tells the nodes of a block, or that it is gone.
pub(crate) async fn tell_apart(services: &Services, apart: Apart) {
    if let Ok(payload) = serde_json::to_vec(&apart) {
        publish(services, EventKind::Apart, apart.one.as_uuid(), None, &payload).await;
    }
}

async fn tell(services: &Services, kind: EventKind, target: Uuid, event: &ServerEvent) {
    match serde_json::to_vec(event) {
        Ok(payload) => publish(services, kind, target, balloond_traces::current(), &payload).await,
        Err(error) => tracing::error!(%error, "an event could not be encoded"),
    }
}

/// What is not told is not lost: it was committed, and the hubs ask the database while the feed is away.
async fn publish(services: &Services, kind: EventKind, target: Uuid, trace: Option<Traceparent>, payload: &[u8]) {
    if let Err(error) = services.cache.publish(&Envelope { kind, target, trace, payload }).await {
        tracing::debug!(%error, ?kind, "an event was not told");
    }
}
