//! From the notices of the domain to the workers: each is read and encoded once, then handed to every worker.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use balloond_domain::realtime::{Apart, Notice};
use balloond_shared::{ChatId, SessionId, UserId, event::ServerEvent, privacy::Privacy};
use balloond_traces::Traceparent;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{change::Change, frame, measures, session::Session};

/// Notices that wait for a busy worker at most.
const QUEUE: usize = 4096;

/// Which of a chat's sockets something is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Those who did not subscribe too.
    All,
    Subscribers,
    /// Those who see others type, and not the one who does.
    Typing(UserId),
    /// Those who see how far others read, and the one who did.
    Reading(UserId),
    /// Those who see who is online.
    Presence,
}

impl Audience {
    const fn of(event: &ServerEvent) -> Self {
        match event {
            ServerEvent::ChatChanged { .. } => Self::All,
            ServerEvent::Typing { user, .. } => Self::Typing(*user),
            ServerEvent::Read { cursor, .. } => Self::Reading(cursor.user),
            _ => Self::Subscribers,
        }
    }

    /// A subscriber's socket is among them.
    pub fn includes(self, session: &Session) -> bool {
        let (user, privacy) = (session.viewer.user, session.privacy.get());
        match self {
            Self::All | Self::Subscribers => true,
            Self::Typing(who) => user != who && privacy.typing && !session.is_apart_from(who),
            Self::Reading(who) => user == who || privacy.reading,
            Self::Presence => privacy.presence,
        }
    }
}

/// A notice, ready to be passed on.
#[derive(Clone, Debug)]
pub enum News {
    Change {
        change: Arc<Change>,
        trace: Option<Traceparent>,
    },
    /// For those of a chat's sockets whom it concerns.
    Chat {
        chat: ChatId,
        frame: Bytes,
        to: Audience,
        trace: Option<Traceparent>,
    },
    /// For all sockets of a person, who has a seat in `opened` from now on, and none in `closed`.
    User {
        user: UserId,
        frame: Bytes,
        opened: Option<ChatId>,
        closed: Option<ChatId>,
        /// What the person lets others see from now on.
        privacy: Option<Privacy>,
        trace: Option<Traceparent>,
    },
    SessionRevoked(SessionId),
    /// A block stands between two people, or stands no more.
    Apart(Apart),
    /// The feed is back; what happened while it was away was not heard.
    Up,
    /// This process ends.
    Closing,
}

impl News {
    /// None for an event of a later version that this one cannot read.
    fn new(notice: Notice) -> Option<Self> {
        measures::heard();
        Some(match notice {
            Notice::Chat { chat, event: payload, trace } => match read(&payload)? {
                ServerEvent::Message { message } => {
                    measures::heard_message(&message);
                    Self::Change { change: Arc::new(Change::heard(&message, &payload)), trace }
                }
                event => Self::Chat { chat, frame: frame::text(&payload), to: Audience::of(&event), trace },
            },
            Notice::User { user, event, trace } => {
                let (mut opened, mut closed, mut privacy) = (None, None, None);
                match read(&event)? {
                    ServerEvent::ChatOpened { chat } => opened = Some(chat),
                    ServerEvent::ChatClosed { chat } => closed = Some(chat),
                    ServerEvent::PrivacyChanged { privacy: new } => privacy = Some(new),
                    _ => {}
                }
                Self::User { user, frame: frame::text(&event), opened, closed, privacy, trace }
            }
            Notice::SessionRevoked { session } => Self::SessionRevoked(session),
            Notice::Apart(apart) => Self::Apart(apart),
            Notice::Down => return None,
            Notice::Up => Self::Up,
        })
    }
}

fn read(event: &[u8]) -> Option<ServerEvent> {
    serde_json::from_slice(event).inspect_err(|error| tracing::warn!(%error, "an event could not be read")).ok()
}

/// Hands news to every worker. One a process.
#[derive(Debug)]
pub struct Feed {
    workers: Mutex<Vec<Worker>>,
    is_down: AtomicBool,
    is_closing: AtomicBool,
}

impl Default for Feed {
    /// Down until it is up: Redis may be away when the process starts.
    fn default() -> Self {
        Self { workers: Mutex::default(), is_down: AtomicBool::new(true), is_closing: AtomicBool::new(false) }
    }
}

#[derive(Debug)]
struct Worker {
    queue: mpsc::Sender<News>,
    has_missed: Arc<AtomicBool>,
}

/// What a worker hears.
#[derive(Debug)]
pub struct Inbox {
    queue: mpsc::Receiver<News>,
    has_missed: Arc<AtomicBool>,
}

/// An [`Inbox`]'s next.
#[derive(Debug)]
pub enum Next {
    News(News),
    /// The worker was so far behind that some news were dropped.
    Missed,
}

impl Feed {
    /// Passes a notice on. Never waits.
    pub fn notice(&self, notice: Notice) {
        match notice {
            Notice::Down => self.is_down.store(true, Relaxed),
            Notice::Up => self.is_down.store(false, Relaxed),
            _ => {}
        }
        if let Some(news) = News::new(notice) {
            self.publish(&news);
        }
    }

    /// Tells all sockets that this process ends.
    pub fn close(&self) {
        self.is_closing.store(true, Relaxed);
        self.publish(&News::Closing);
    }

    /// What happens is not heard at the moment.
    pub fn is_down(&self) -> bool {
        self.is_down.load(Relaxed)
    }

    pub fn is_closing(&self) -> bool {
        self.is_closing.load(Relaxed)
    }

    fn publish(&self, news: &News) {
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        workers.retain(|worker| match worker.queue.try_send(news.clone()) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                worker.has_missed.store(true, Relaxed);
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        });
    }

    /// A new worker's inbox.
    pub fn join(&self) -> Inbox {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let has_missed = Arc::new(AtomicBool::new(false));
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        workers.push(Worker { queue: sender, has_missed: Arc::clone(&has_missed) });
        Inbox { queue: receiver, has_missed }
    }
}

impl Inbox {
    /// None when the feed is gone.
    pub async fn next(&mut self) -> Option<Next> {
        if self.queue.is_empty() && self.has_missed.swap(false, Relaxed) {
            return Some(Next::Missed);
        }
        self.queue.recv().await.map(Next::News)
    }
}
