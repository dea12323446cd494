//! What somebody waits for.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use balloond_shared::{ChatId, ClientId, event::ServerEvent};
use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{Layout, link::Link};
use crate::{
    chat::socket::{Socket, connect, subscribe, wait_for},
    crowd::Person,
    http::{Connection, Headers},
    report::{Report, millis, percentile},
    server::Server,
};

/// Of each action.
const TIMES: usize = 100;
/// What takes longer is a fault, and no figure.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who wrote reads the primary for so long: what they wait for then is measured by itself.
const OWN_WRITES: Duration = Duration::from_secs(5);

/// Where somebody far away and somebody beside the primary talk.
pub struct Talk<'a> {
    pub chat: ChatId,
    pub far: &'a Person,
    pub near: &'a Person,
    /// The api beside the primary, where the latter is.
    pub primary: &'a Server,
}

/// What was waited for, and how long each time, sorted.
type Wait = (&'static str, Vec<Duration>);

pub struct Waits(Vec<Wait>);

impl Waits {
    /// Of the one who is far away, over `link`.
    pub async fn measure(talk: &Talk<'_>, link: &Link, layout: &Layout<'_>) -> Result<Self> {
        let Talk { chat, far, near, primary } = *talk;
        let Layout { web, api, has_replica, .. } = *layout;
        if has_replica {
            sleep(OWN_WRITES).await;
        }
        let cookie = Headers::cookie(&far.token);
        let away = link.go_there()?;
        let first = async || Connection::open(web).await?.get("/people", &cookie).await.map(drop);
        let mut waits = vec![times("/people, on a new connection", first).await?];
        let mut pages = Connection::open(web).await?;
        let room = format!("/chats/{chat}");
        waits.push(times("/people", async || pages.get("/people", &cookie).await.map(drop)).await?);
        waits.push(times("an open chat", async || pages.get(&room, &cookie).await.map(drop)).await?);
        let mut speaker = Speaker::join(api, far, chat).await?;
        let send = times("sending, until it is acknowledged", async || speaker.say(ClientId::new()).await);
        waits.push(send.await?);
        if has_replica {
            waits.push(after_writing(web, &cookie, &mut speaker).await?);
        }
        drop(away);

        // What is opened here stays here.
        let mut listener = Listener::join(&primary.address, near, chat).await?;
        let away = link.go_there()?;
        let heard = times("sending, until it is acknowledged and heard beside the primary", async || {
            let id = ClientId::new();
            let (said, heard) = tokio::join!(speaker.say(id), listener.hear(id));
            said.and(heard)
        });
        // Until both: the answer comes no later than the message where the servers are far from the person.
        waits.push(heard.await?);
        drop(away);

        let mut speaker = Speaker::join(&primary.address, near, chat).await?;
        let _away = link.go_there()?;
        let mut listener = Listener::join(api, far, chat).await?;
        let hear = times("hearing what somebody beside the primary says", async || {
            let id = ClientId::new();
            speaker.say(id).await?;
            listener.hear(id).await
        });
        waits.push(hear.await?);
        Ok(Self(waits))
    }

    /// The same with nothing lost, and with this share of packets.
    pub fn tell(&self, lossy: &Self, share: f64, place: &str, report: &mut Report) {
        for ((what, times), (_, with_loss)) in self.0.iter().zip(&lossy.0) {
            let told = format!("{}; with {} % lost {}", text(times), share * 100.0, text(with_loss));
            report.line(&format!("{place}: {what}"), told, "");
        }
    }
}

fn text(times: &[Duration]) -> String {
    let [median, worse, worst] = [50.0, 95.0, 100.0].map(|percent| millis(percentile(times, percent)));
    format!("{median:.0} ms (p95 {worse:.0}, worst {worst:.0})")
}

struct Speaker {
    api: Connection,
    bearer: Headers,
    chat: ChatId,
}

impl Speaker {
    async fn join(address: &str, person: &Person, chat: ChatId) -> Result<Self> {
        Ok(Self { api: Connection::open(address).await?, bearer: Headers::bearer(&person.token), chat })
    }

    /// Until it is acknowledged.
    async fn say(&mut self, id: ClientId) -> Result<()> {
        let body = serde_json::to_vec(&json!({ "client_id": id, "body": "From far away" }))?;
        let path = format!("/api/v1/chats/{}/messages", self.chat);
        let (status, answer) = self.api.send(Method::POST, &path, &self.bearer, Bytes::from(body)).await?;
        ensure!(status.is_success(), "sending answered {status}: {}", String::from_utf8_lossy(&answer));
        Ok(())
    }
}

struct Listener<'a> {
    socket: Socket,
    address: &'a str,
    bearer: Headers,
    chat: ChatId,
}

impl<'a> Listener<'a> {
    async fn join(address: &'a str, person: &Person, chat: ChatId) -> Result<Self> {
        let mut socket = connect(address, person).await?;
        subscribe(&mut socket, chat).await?;
        Ok(Self { socket, address, bearer: Headers::bearer(&person.token), chat })
    }

    /// Until that message comes, or is found where a client is told to look for what it may have missed.
    async fn hear(&mut self, id: ClientId) -> Result<()> {
        let heard = Cell::new(false);
        let ends = |event: &ServerEvent| match event {
            ServerEvent::Message { message } => {
                heard.set(message.client_id == id);
                heard.get()
            }
            ServerEvent::Resync { .. } => true,
            _ => false,
        };
        loop {
            wait_for(&mut self.socket, ends).await?;
            if heard.get() || self.fetch().await?.contains(&id.to_string()) {
                return Ok(());
            }
        }
    }

    /// The newest messages, as JSON.
    async fn fetch(&self) -> Result<String> {
        let path = format!("/api/v1/chats/{}/messages", self.chat);
        let found = Connection::open(self.address).await?.get(&path, &self.bearer).await?;
        Ok(String::from_utf8_lossy(&found).into_owned())
    }
}

async fn after_writing(web: &str, cookie: &Headers, speaker: &mut Speaker) -> Result<Wait> {
    let mut pages = Connection::open(web).await?;
    let mut after = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        speaker.say(ClientId::new()).await?;
        after.push(timed(async || pages.get("/people", cookie).await.map(drop)).await?);
    }
    after.sort_unstable();
    Ok(("/people, by who wrote less than 5 s ago", after))
}

/// After one that does not count: it opens what stays open.
async fn times(what: &'static str, mut act: impl AsyncFnMut() -> Result<()>) -> Result<Wait> {
    let mut times = Vec::with_capacity(TIMES);
    for number in 0..=TIMES {
        let time = timed(&mut act).await.context(what)?;
        if number > 0 {
            times.push(time);
        }
    }
    times.sort_unstable();
    Ok((what, times))
}

async fn timed(mut act: impl AsyncFnMut() -> Result<()>) -> Result<Duration> {
    let begin = Instant::now();
    timeout(PATIENCE, act()).await.context("nothing came of it")??;
    Ok(begin.elapsed())
}
