//! Somebody far from the primary: what they wait for where the servers stand beside the primary, and where they stand beside them. The
//! distance is a delay on the way of every byte, in both directions; nothing is lost on it, and its bandwidth is without limit.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use balloond_shared::{ChatId, ClientId, event::ServerEvent};
use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::sleep_until,
};

use crate::{
    chat::socket::{connect, subscribe, wait_for},
    crowd::{Crowd, Person},
    http::{Connection, Headers},
    report::{Report, millis, percentile},
    server::{Server, Servers},
};

/// From one end to the other, as from Frankfurt to the east of America.
const ONE_WAY: Duration = Duration::from_millis(40);
/// Of each action; what is told is their median.
const TIMES: usize = 30;

pub async fn measure(servers: &Servers, crowd: &Crowd, report: &mut Report) -> Result<()> {
    let pair = crowd.pairs(servers, 1).await?.pop().context("nobody has a chat")?;
    let [far, near] = &*pair.people else { anyhow::bail!("a chat of two has {} people", pair.people.len()) };
    let round_trip = ONE_WAY.as_millis() * 2;

    eprintln!("measuring from {round_trip} ms away, with the servers beside the primary");
    let (web, api) = (delayed(&servers.web.address).await?, delayed(&servers.api.address).await?);
    let found = Found::of(&web, &api, &servers.api, pair.id, far, near).await?;
    found.tell(&format!("{round_trip} ms away, servers beside the primary"), report);

    eprintln!("measuring from {round_trip} ms away, with the servers beside the person");
    let mut settings = Vec::new();
    for name in ["DATABASE_URL", "REDIS_URL"] {
        settings.push((name.to_owned(), through_delay(&std::env::var(name)?).await?));
    }
    let (web, api) = servers.start_elsewhere(&settings).await?;
    let found = Found::of(&web.address, &api.address, &servers.api, pair.id, far, near).await?;
    found.tell(&format!("{round_trip} ms away, servers beside the person"), report);
    Ok(())
}

/// Medians.
struct Found {
    people: Duration,
    chat: Duration,
    send: Duration,
    heard: Duration,
    hear: Duration,
}

impl Found {
    /// What `far` waits for at `web` and `api`, while `near` is at the primary's.
    async fn of(web: &str, api: &str, primary: &Server, chat: ChatId, far: &Person, near: &Person) -> Result<Self> {
        let (cookie, bearer) = (Headers::cookie(&far.token), Headers::bearer(&far.token));
        let mut pages = Connection::open(web).await?;
        let people = median(async || pages.get("/people", &cookie).await.map(drop)).await?;
        let path = format!("/chats/{chat}");
        let room = median(async || pages.get(&path, &cookie).await.map(drop)).await?;

        let mut calls = Connection::open(api).await?;
        let send = median(async || say(&mut calls, &bearer, chat).await).await?;
        let mut other = connect(&primary.address, near).await?;
        subscribe(&mut other, chat).await?;
        let heard = median(async || {
            let (said, heard) = tokio::join!(say(&mut calls, &bearer, chat), wait_for(&mut other, is_message));
            said.and(heard)
        });
        // Until both: the answer comes no later than the message where the servers are far from the person.
        let heard = heard.await?;
        let mut own = connect(api, far).await?;
        subscribe(&mut own, chat).await?;
        let (mut there, bearer) = (Connection::open(&primary.address).await?, Headers::bearer(&near.token));
        let hear = median(async || {
            say(&mut there, &bearer, chat).await?;
            wait_for(&mut own, is_message).await
        });
        Ok(Self { people, chat: room, send, heard, hear: hear.await? })
    }

    fn tell(&self, place: &str, report: &mut Report) {
        let Self { people, chat, send, heard, hear } = self;
        let told = [people, chat, send, heard, hear].map(|time| format!("{:.0}", millis(*time))).join(", ");
        report.line(
            &format!("{place}: /people, a chat, sending, sent and heard at the primary, heard from there"),
            format!("{told} ms"),
            "",
        );
    }
}

fn is_message(event: &ServerEvent) -> bool {
    matches!(event, ServerEvent::Message { .. })
}

async fn say(connection: &mut Connection, headers: &Headers, chat: ChatId) -> Result<()> {
    let body = serde_json::to_vec(&json!({ "client_id": ClientId::new(), "body": "From far away" }))?;
    let path = format!("/api/v1/chats/{chat}/messages");
    let (status, answer) = connection.send(Method::POST, &path, headers, Bytes::from(body)).await?;
    anyhow::ensure!(status.is_success(), "sending answered {status}: {}", String::from_utf8_lossy(&answer));
    Ok(())
}

/// After one that does not count: it opens what stays open.
async fn median(mut act: impl AsyncFnMut() -> Result<()>) -> Result<Duration> {
    act().await?;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let begin = Instant::now();
        act().await?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    Ok(percentile(&times, 50.0))
}

/// The same URL, with the delay before its host.
async fn through_delay(url: &str) -> Result<String> {
    let (_, rest) = url.split_once('@').context("a URL without a password")?;
    let host = rest.split('/').next().unwrap_or(rest);
    Ok(url.replacen(host, &delayed(host).await?, 1))
}

/// Opens a port that leads to `upstream`, whatever goes either way coming [`ONE_WAY`] later.
async fn delayed(upstream: &str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, upstream) = (listener.local_addr()?.to_string(), upstream.to_owned());
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(carry(near, upstream.clone()));
        }
    });
    Ok(address)
}

async fn carry(near: TcpStream, upstream: String) -> Result<()> {
    let far = TcpStream::connect(upstream).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((near_out, near_in), (far_out, far_in)) = (near.into_split(), far.into_split());
    tokio::select! {
        done = pump(near_out, far_in) => done,
        done = pump(far_out, near_in) => done,
    }
}

/// Each piece is late by the same time, however many are on their way.
async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> Result<()> {
    let (send, mut on_their_way) = mpsc::unbounded_channel();
    let read = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from.read(&mut buffer).await?;
            let piece = buffer.get(..read).unwrap_or_default().to_vec();
            if read == 0 || send.send((tokio::time::Instant::now() + ONE_WAY, piece)).is_err() {
                return anyhow::Ok(());
            }
        }
    };
    let write = async {
        while let Some((due, piece)) = on_their_way.recv().await {
            sleep_until(due).await;
            to.write_all(&piece).await?;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(read, write).map(drop)
}
