//! Delivery: the time from sending a message over HTTP to hearing it on each subscriber's socket.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use balloond_shared::{ChatId, ClientId};
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::Method;
use serde_json::json;
use tokio::{sync::mpsc, task::JoinSet};
use tokio_tungstenite::tungstenite::Message;

use super::{
    Chat, Nodes,
    socket::{Socket, connect, subscribe},
};
use crate::{
    http::{Connection, Headers},
    report::{millis, percentile},
};

/// After the last send, deliveries get this long to arrive.
const DRAIN: Duration = Duration::from_secs(2);
/// Connections that messages are sent over.
const SENDERS: usize = 16;

/// How fast is sent.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// One message every so often, whether the answers are there or not.
    Every(Duration),
    /// Each connection the next one as soon as it has its answer.
    Full,
}

impl Pace {
    /// So many messages a second.
    pub fn steady(rate: u32) -> Self {
        Self::Every(Duration::from_secs(1) / rate)
    }
}

/// Every member of every chat listens; members take turns in sending.
#[derive(Clone, Copy)]
pub struct Load<'a> {
    pub chats: &'a [Chat],
    pub pace: Pace,
    pub time: Duration,
    /// Bytes that a message has besides.
    pub padding: usize,
}

/// What came of it.
pub struct Delivered {
    /// Sorted.
    pub latencies: Vec<Duration>,
    pub sent: usize,
    pub expected: usize,
    cpu: Duration,
    /// In KiB, at the end.
    memory: u64,
    time: Duration,
}

impl Delivered {
    /// Deliveries a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.time.as_secs_f64()
    }

    pub fn p99(&self) -> Duration {
        percentile(&self.latencies, 99.0)
    }

    /// CPU of the servers for a delivery.
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.latencies.len().max(1) as f64
    }

    pub fn text(&self) -> String {
        let percent = |percent| millis(percentile(&self.latencies, percent));
        let cpu = millis(self.cpu) / self.sent.max(1) as f64;
        let missing = self.expected.saturating_sub(self.latencies.len());
        format!(
            "{:.0} deliveries/s, p50/p95/p99/max {:.1}/{:.1}/{:.1}/{:.1} ms, {:.1} µs CPU a delivery, {cpu:.3} ms a message, \
             {} MiB{}",
            self.rate(),
            percent(50.0),
            percent(95.0),
            percent(99.0),
            percent(100.0),
            self.cpu_micros(),
            self.memory / 1024,
            if missing == 0 { String::new() } else { format!(", {missing} of {} NOT delivered", self.expected) },
        )
    }
}

pub async fn deliver(name: &str, nodes: &Nodes<'_>, load: &Load<'_>) -> Result<Delivered> {
    eprintln!("measuring {name}");
    let clock = Instant::now();
    let (heard, mut deliveries) = mpsc::unbounded_channel();
    let mut listeners = JoinSet::new();
    for (number, (chat, person)) in
        load.chats.iter().flat_map(|chat| chat.people.iter().map(move |person| (chat.id, person))).enumerate()
    {
        let mut socket = connect(nodes.address(number), person).await?;
        subscribe(&mut socket, chat).await?;
        listeners.spawn(listen(socket, clock, heard.clone()));
    }
    drop(heard);

    let before = nodes.cpu()?;
    let begin = Instant::now();
    let sent = send(nodes, load, clock).await?;
    let time = begin.elapsed();
    tokio::time::sleep(DRAIN).await;
    let (cpu, memory) = (nodes.cpu()?.saturating_sub(before), nodes.memory()?);
    listeners.abort_all();
    let mut latencies = Vec::new();
    while let Ok(latency) = deliveries.try_recv() {
        latencies.push(latency);
    }
    latencies.sort_unstable();
    let each = load.chats.first().map_or(0, |chat| chat.people.len());
    Ok(Delivered { latencies, sent, expected: sent * each, cpu, memory, time })
}

/// Notes how old each message is: its body begins with the microsecond at which it was sent.
async fn listen(mut socket: Socket, clock: Instant, heard: mpsc::UnboundedSender<Duration>) {
    while let Some(Ok(message)) = socket.next().await {
        let now = clock.elapsed();
        let Message::Text(text) = message else { continue };
        let sent = text
            .split_once("sent at ")
            .and_then(|(_, rest)| rest.split_once(' '))
            .and_then(|(micros, _)| micros.parse().ok());
        if let Some(sent) = sent
            && heard.send(now.saturating_sub(Duration::from_micros(sent))).is_err()
        {
            return;
        }
    }
}

/// One connection for messages.
struct Sender {
    api: Connection,
    clock: Instant,
    padding: usize,
    accepted: Arc<AtomicUsize>,
}

impl Sender {
    async fn send(&mut self, chat: ChatId, token: &str) -> Result<()> {
        let micros = self.clock.elapsed().as_micros();
        let padding = ".".repeat(self.padding);
        let body = json!({
            "client_id": ClientId::new(),
            "body": format!("sent at {micros} by the clock of whoever measures{padding}"),
        });
        let path = format!("/api/v1/chats/{chat}/messages");
        let body = Bytes::from(body.to_string());
        let (status, _) = self.api.send(Method::POST, &path, &Headers::bearer(token), body).await?;
        self.accepted.fetch_add(usize::from(status.is_success()), Ordering::Relaxed);
        Ok(())
    }
}

/// Sends for as long as the load says; answers how many were accepted.
async fn send(nodes: &Nodes<'_>, load: &Load<'_>, clock: Instant) -> Result<usize> {
    let accepted = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    let mut queues = Vec::new();
    for number in 0..SENDERS {
        // At full speed one waits, so that nobody has to wait for the next.
        let (queue, mut turns) =
            mpsc::channel::<(ChatId, String)>(if matches!(load.pace, Pace::Full) { 1 } else { 4096 });
        queues.push(queue);
        let api = Connection::open(nodes.address(number)).await?;
        let mut sender = Sender { api, clock, padding: load.padding, accepted: Arc::clone(&accepted) };
        senders.spawn(async move {
            while let Some((chat, token)) = turns.recv().await {
                sender.send(chat, &token).await?;
            }
            anyhow::Ok(())
        });
    }
    let mut ticks = match load.pace {
        Pace::Every(pause) => Some(tokio::time::interval(pause)),
        Pace::Full => None,
    };
    let begin = Instant::now();
    let mut turn = 0;
    while begin.elapsed() < load.time {
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        let chat = load.chats.get(turn % load.chats.len()).context("no chat")?;
        let person = chat.people.get(turn / load.chats.len() % chat.people.len()).context("a chat without people")?;
        let queue = queues.get(turn % SENDERS).context("a connection")?;
        queue.send((chat.id, person.token.clone())).await.ok().context("a sender ended")?;
        turn += 1;
    }
    drop(queues);
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(accepted.load(Ordering::Relaxed))
}
