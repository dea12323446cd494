//! Delivery: the time from sending a message over HTTP to hearing it on each subscriber's socket, and what a socket costs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use balloond_shared::{ChatId, ClientId, event::ServerEvent};
use futures_util::{SinkExt, StreamExt};
use hyper::Method;
use serde_json::json;
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{ClientRequestBuilder, Message, http::Uri},
};

use crate::{
    crowd::{Crowd, Person},
    http::{Connection, Headers},
    report::{Report, percentile},
    server::Servers,
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// After the last send, deliveries get this long to arrive.
const DRAIN: Duration = Duration::from_secs(2);

pub async fn measure(
    servers: &mut Servers,
    crowd: &Crowd,
    time: Duration,
    idle: usize,
    report: &mut Report,
) -> Result<()> {
    let (chat, people) = crowd.group(servers, 200).await?;
    let group: Vec<(ChatId, Vec<Person>)> = vec![(chat, people)];
    deliver("1 chat × 200 subscribers, 50 messages/s", servers, &group, 50, time, report).await?;
    let pairs = crowd.pairs(servers, 500).await?;
    let pairs: Vec<(ChatId, Vec<Person>)> = pairs.into_iter().map(|(chat, people)| (chat, people.to_vec())).collect();
    deliver("500 chats × 2, 500 messages/s", servers, &pairs, 500, time, report).await?;
    hold(servers, &pairs, idle, report).await
}

/// Every member of every chat listens; members take turns in sending, `rate` messages a second over all chats.
async fn deliver(
    name: &str,
    servers: &Servers,
    chats: &[(ChatId, Vec<Person>)],
    rate: u32,
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    eprintln!("measuring {name}");
    let clock = Instant::now();
    let (heard, mut deliveries) = mpsc::unbounded_channel();
    let mut listeners = JoinSet::new();
    for (chat, people) in chats {
        for person in people {
            let socket = subscribe(servers, person, *chat).await?;
            listeners.spawn(listen(socket, clock, heard.clone()));
        }
    }
    drop(heard);

    let before = servers.api.cpu()?;
    let sent = send(servers, chats, rate, time, clock).await?;
    tokio::time::sleep(DRAIN).await;
    let cpu = servers.api.cpu()? - before;
    listeners.abort_all();
    let mut latencies = Vec::new();
    while let Ok(latency) = deliveries.try_recv() {
        latencies.push(latency);
    }
    latencies.sort_unstable();
    let each = chats.first().map_or(0, |(_, people)| people.len());
    let expected = sent * each;
    let milliseconds = |percent: f64| percentile(&latencies, percent).as_secs_f64() * 1000.0;
    let micros = cpu.as_secs_f64() * 1e6;
    report.line(
        name,
        format!(
            "p50/p95/p99/max {:.1}/{:.1}/{:.1}/{:.1} ms, {:.1} µs CPU a delivery, {:.3} ms a message; {} of {expected} delivered",
            milliseconds(50.0),
            milliseconds(95.0),
            milliseconds(99.0),
            milliseconds(100.0),
            micros / latencies.len().max(1) as f64,
            micros / 1000.0 / sent.max(1) as f64,
            latencies.len(),
        ),
    );
    Ok(())
}

/// Opens idle sockets and divides what the server grew by.
async fn hold(servers: &mut Servers, chats: &[(ChatId, Vec<Person>)], count: usize, report: &mut Report) -> Result<()> {
    eprintln!("measuring {count} idle sockets");
    servers.restart_api().await?;
    let people: Vec<&Person> = chats.iter().flat_map(|(_, people)| people).collect();
    // The first ones bring what is paid once: pools, caches, threads.
    let mut sockets = Vec::new();
    for person in people.iter().take(50) {
        sockets.push(connect(servers, person).await?);
    }
    let before = servers.api.memory()?;
    for person in people.iter().cycle().take(count) {
        sockets.push(connect(servers, person).await?);
    }
    let grown = servers.api.memory()?.saturating_sub(before);
    report.line(&format!("an idle socket, of {count}"), format!("{:.1} KiB", grown as f64 / count as f64));
    drop(sockets);
    Ok(())
}

async fn connect(servers: &Servers, person: &Person) -> Result<Socket> {
    let uri: Uri = format!("ws://{}/api/v1/realtime", servers.api.address).parse()?;
    let request = ClientRequestBuilder::new(uri).with_header("Authorization", format!("Bearer {}", person.token));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    wait_for(&mut socket, |event| matches!(event, ServerEvent::Ready { .. })).await?;
    Ok(socket)
}

async fn subscribe(servers: &Servers, person: &Person, chat: ChatId) -> Result<Socket> {
    let mut socket = connect(servers, person).await?;
    let request = json!({ "type": "subscribe", "chat": chat, "since": 1_000_000 });
    socket.send(Message::text(request.to_string())).await?;
    wait_for(&mut socket, |event| matches!(event, ServerEvent::Subscribed { .. })).await?;
    Ok(socket)
}

async fn wait_for(socket: &mut Socket, wanted: impl Fn(&ServerEvent) -> bool) -> Result<()> {
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message?
            && wanted(&serde_json::from_str(&text).context("an unknown event")?)
        {
            return Ok(());
        }
    }
    bail!("the socket closed")
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

/// Sends at a steady rate, whether the answers are there or not, over a few connections; answers how many were accepted.
async fn send(
    servers: &Servers,
    chats: &[(ChatId, Vec<Person>)],
    rate: u32,
    time: Duration,
    clock: Instant,
) -> Result<usize> {
    const CONNECTIONS: usize = 16;
    let accepted = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    let mut queues = Vec::new();
    for _ in 0..CONNECTIONS {
        let (queue, mut turns) = mpsc::unbounded_channel::<(ChatId, String)>();
        queues.push(queue);
        let mut api = Connection::open(&servers.api.address).await?;
        let accepted = Arc::clone(&accepted);
        senders.spawn(async move {
            while let Some((chat, token)) = turns.recv().await {
                let micros = clock.elapsed().as_micros();
                let body = json!({ "client_id": ClientId::new(), "body": format!("sent at {micros} by the clock of whoever measures") });
                let path = format!("/api/v1/chats/{chat}/messages");
                let (status, _) = api.send(Method::POST, &path, &Headers::bearer(&token), body.to_string().into()).await?;
                accepted.fetch_add(usize::from(status.is_success()), Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
    }
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    let begin = Instant::now();
    let mut turn = 0;
    while begin.elapsed() < time {
        ticks.tick().await;
        let Some((chat, people)) = chats.get(turn % chats.len()) else { break };
        let person = people.get(turn / chats.len() % people.len()).context("a chat without people")?;
        queues.get(turn % CONNECTIONS).context("a connection")?.send((*chat, person.token.clone()))?;
        turn += 1;
    }
    drop(queues);
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(accepted.load(Ordering::Relaxed))
}
