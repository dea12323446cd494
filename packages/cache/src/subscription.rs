//! The subscriber: one connection a process, watched, and made again whenever it is lost.

use std::{
    sync::{LazyLock, atomic::Ordering},
    time::{Duration, Instant},
};

use redis::{PushInfo, PushKind, RedisResult, Value};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    Cache,
    event::{self, Heard},
    link::Link,
};

/// Between two questions whether the peer is still there: a connection can die without a word.
const PING_EVERY: Duration = Duration::from_millis(500);
/// How long one sign of life keeps the questions going.
const AWAKE_MS: u64 = 10_000;
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(750);
const FIRST_RETRY: Duration = Duration::from_millis(50);
const LAST_RETRY: Duration = Duration::from_secs(1);
/// Messages that may wait for the reader. One that is further behind than this gets [`Notice::Down`] and [`Notice::Up`].
const QUEUE: usize = 16_384;

/// What a [`Subscription`] yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody published.
    Event(Heard),
    /// Every event comes through (the first ones may come before this); what happened while it was down has to be
    /// asked of the database.
    Up,
    /// Events may be missed until the next [`Notice::Up`].
    Down,
}

/// All events of all processes, this one's too. It begins down; dropping it ends the connection.
pub struct Subscription {
    notices: mpsc::Receiver<Notice>,
    supervisor: JoinHandle<()>,
}

impl Subscription {
    /// Waits for the next notice. Never `None` while the runtime lives. Cancelling it loses nothing.
    pub async fn next(&mut self) -> Option<Notice> {
        self.notices.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}

impl Cache {
    /// Subscribes with a connection of its own: call it once a process, within a tokio runtime.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        let (sender, notices) = mpsc::channel(QUEUE);
        let supervisor = Supervisor { cache: self.clone(), notices: sender };
        Subscription { notices, supervisor: tokio::spawn(supervisor.run()) }
    }

    /// Somebody relies on what the subscription tells: for ten seconds it is asked twice a second whether it is still there. While
    /// nobody does, Redis is asked nothing at all, which costs nothing where commands are paid for.
    pub fn stay_awake(&self) {
        self.0.awake_until.store(since_start() + AWAKE_MS, Ordering::Relaxed);
    }

    fn is_awake(&self) -> bool {
        since_start() < self.0.awake_until.load(Ordering::Relaxed)
    }
}

/// Milliseconds since a moment that all of the process agree on.
fn since_start() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

struct Supervisor {
    cache: Cache,
    notices: mpsc::Sender<Notice>,
}

impl Supervisor {
    async fn run(self) {
        let mut retry = FIRST_RETRY;
        loop {
            match self.listen().await {
                Ok((link, lost)) => {
                    retry = FIRST_RETRY;
                    tracing::info!("the subscription is up");
                    if self.notices.send(Notice::Up).await.is_err() {
                        return;
                    }
                    self.watch(link, lost).await;
                    tracing::warn!("the subscription is down");
                    if self.notices.send(Notice::Down).await.is_err() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "subscribing failed");
                    retry = LAST_RETRY.min(retry * 2);
                }
            }
            sleep(retry).await;
        }
    }

    /// Connects and subscribes. The receiver gets a message when the connection is of no use any more.
    async fn listen(&self) -> RedisResult<(Link, mpsc::Receiver<()>)> {
        let (lose, lost) = mpsc::channel(1);
        let notices = self.notices.clone();
        let take = move |push: PushInfo| {
            let is_kept = match push.kind {
                PushKind::Message | PushKind::SMessage => pass_on(push, &notices),
                // A node says the latter when it gives the channel away.
                PushKind::Disconnection | PushKind::SUnsubscribe => false,
                _ => true,
            };
            if is_kept { Ok(()) } else { lose.try_send(()) }
        };
        let mut link = self.cache.0.connections.address().listen(take, RESPONSE_TIMEOUT).await?;
        link.subscribe(event::CHANNEL).await?;
        Ok((link, lost))
    }

    /// Returns when the connection is lost, the reader fell behind, or nobody answers.
    async fn watch(&self, mut link: Link, mut lost: mpsc::Receiver<()>) {
        let mut ticks = interval(PING_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = lost.recv() => return,
                _ = ticks.tick() => {
                    if !self.cache.is_awake() {
                        continue;
                    }
                    // Where the channel is: in a cluster a key of its name leads there.
                    let answer: RedisResult<Value> = link.query(redis::cmd("EXISTS").arg(event::CHANNEL)).await;
                    if answer.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Whether the message could be queued (or is not ours to understand).
fn pass_on(push: PushInfo, notices: &mpsc::Sender<Notice>) -> bool {
    let Some(Value::BulkString(message)) = push.data.into_iter().nth(1) else { return true };
    let Some(heard) = event::decode(message) else { return true };
    notices.try_send(Notice::Event(heard)).is_ok()
}
