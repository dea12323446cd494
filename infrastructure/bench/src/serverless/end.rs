//! SIGTERM amid a load: sockets are open, requests and messages on their way. Nothing that the process took on may be left undone.

use std::{
    collections::HashMap,
    io::ErrorKind,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use balloond_shared::{ClientId, event::ServerEvent};
use bytes::Bytes;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Array, BigInt, Uuid},
};
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;
use hyper::{Method, StatusCode};
use serde_json::json;
use tokio::{
    net::TcpStream,
    sync::mpsc,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;

use super::Kind;
use crate::{
    chat::{
        Chat,
        socket::{Socket, connect, subscribe},
    },
    crowd::{Crowd, Person},
    http::{BrokenOff, Connection, Headers},
    report::{Report, millis},
    server::{Server, Servers},
};

/// Who ask at once, and who send at once.
const ASKING: usize = 16;
const SENDING: usize = 16;
/// Connections that nothing goes over, as a proxy keeps them.
const IDLE: usize = 16;
const PAIRS: i64 = 100;
/// Before the signal.
const UNDER_LOAD: Duration = Duration::from_secs(2);
/// After the end, what was said is heard elsewhere by then.
const DRAIN: Duration = Duration::from_secs(3);
const AIM: &str = "8 s, 0 failed, 0 missing";

pub async fn measure(servers: &mut Servers, crowd: &Crowd, viewer: &Person, report: &mut Report) -> Result<()> {
    end_web(servers, viewer, report).await?;
    let pairs = crowd.pairs(servers, PAIRS).await?;
    end_api(servers, crowd, viewer, &pairs, report).await
}

async fn end_web(servers: &Servers, viewer: &Person, report: &mut Report) -> Result<()> {
    eprintln!("ending web amid a load");
    let mut web = Kind::Web.start(servers).await?;
    let idle = hold_idle(&web).await?;
    let mut clients = JoinSet::new();
    for _ in 0..ASKING + SENDING {
        clients.spawn(keep_asking(web.address.clone(), Work::asking(Kind::Web, viewer)));
    }
    let ended = end(&mut web, clients).await?;
    drop(idle);
    report.line("web, SIGTERM amid 32 who ask", ended.text(), AIM);
    Ok(())
}

async fn end_api(servers: &Servers, crowd: &Crowd, viewer: &Person, pairs: &[Chat], report: &mut Report) -> Result<()> {
    eprintln!("ending api amid a load");
    let mut api = Kind::Api.start(servers).await?;
    let idle = hold_idle(&api).await?;
    // Everybody has a socket here, which ends, and one at a process that stays.
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let (mut here, mut elsewhere) = (JoinSet::new(), JoinSet::new());
    for (chat, person) in pairs.iter().flat_map(|chat| chat.people.iter().map(move |person| (chat.id, person))) {
        let mut socket = connect(&api.address, person).await?;
        subscribe(&mut socket, chat).await?;
        here.spawn(was_told_to_come_back(socket));
        let mut socket = connect(&servers.api.address, person).await?;
        subscribe(&mut socket, chat).await?;
        elsewhere.spawn(hear(socket, heard.clone()));
    }
    let pairs: Arc<[(String, Headers)]> = pairs.iter().flat_map(turns).collect();
    let mut clients = JoinSet::new();
    for number in 0..SENDING {
        clients.spawn(keep_asking(api.address.clone(), Work::Say { pairs: Arc::clone(&pairs), turn: number }));
    }
    for _ in 0..ASKING {
        clients.spawn(keep_asking(api.address.clone(), Work::asking(Kind::Api, viewer)));
    }
    let ended = end(&mut api, clients).await?;
    drop(idle);

    let told = here.join_all().await.into_iter().filter(|told| *told).count();
    sleep(DRAIN).await;
    elsewhere.abort_all();
    let mut times_heard: HashMap<ClientId, usize> = HashMap::new();
    while let Ok(message) = hearing.try_recv() {
        *times_heard.entry(message).or_default() += 1;
    }
    let said = ended.messages(Outcome::Answered);
    let unheard: usize =
        said.iter().map(|it| 2_usize.saturating_sub(times_heard.get(it).copied().unwrap_or_default())).sum();
    let unstored = said.len() - stored(crowd, &said).await?;
    let crossed = ended.messages(Outcome::Crossed);
    let done = stored(crowd, &crossed).await?;
    report.line("api, SIGTERM amid 16 who ask, 16 who send and 200 sockets", ended.text(), AIM);
    report.line(
        "what it had acknowledged",
        format!(
            "{} messages, {unstored} missing in the database, {unheard} of {} deliveries missing; of {} messages that crossed the end \
             {done} stored; {told} of {} sockets told to come back",
            said.len(),
            said.len() * 2,
            crossed.len(),
            pairs.len(),
        ),
        "0 missing",
    );
    Ok(())
}

async fn hold_idle(server: &Server) -> Result<Vec<TcpStream>> {
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(TcpStream::connect(&server.address).await?);
    }
    Ok(idle)
}

/// Where each of a chat's people says something.
fn turns(chat: &Chat) -> impl Iterator<Item = (String, Headers)> {
    let path = format!("/api/v1/chats/{}/messages", chat.id);
    chat.people.iter().map(move |person| (path.clone(), Headers::bearer(&person.token)))
}

/// What a client does again and again.
enum Work {
    Ask { path: &'static str, headers: Headers },
    Say { pairs: Arc<[(String, Headers)]>, turn: usize },
}

impl Work {
    fn asking(kind: Kind, person: &Person) -> Self {
        let (path, headers) = kind.question(person);
        Self::Ask { path, headers }
    }

    /// Does it once; answers the status, and the message that was said.
    async fn act(&mut self, connection: &mut Connection) -> (Result<StatusCode>, Option<ClientId>) {
        match self {
            Self::Ask { path, headers } => {
                let answer = connection.send(Method::GET, path, headers, Bytes::new()).await;
                (answer.map(|(status, _)| status), None)
            }
            Self::Say { pairs, turn } => {
                let Some((path, headers)) = pairs.get(*turn % pairs.len()) else {
                    return (Err(anyhow::anyhow!("nobody to talk to")), None);
                };
                *turn += SENDING;
                let message = ClientId::new();
                let body = json!({ "client_id": message, "body": "Said while the lights go out" }).to_string();
                let answer = connection.send(Method::POST, path, headers, body.into()).await;
                (answer.map(|(status, _)| status), Some(message))
            }
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Answered,
    /// With a status that is no success, or an answer that broke off.
    Failed,
    /// It crossed the end of its connection, that was idle or waited to be taken from its listener: not one byte came back. Whoever sends
    /// it again elsewhere does it once, if it is a question or a message with its `client_id`.
    Crossed,
}

struct Request {
    begin: Instant,
    end: Instant,
    outcome: Outcome,
    message: Option<ClientId>,
}

/// Asks without a pause, over one connection as long as there is one, until nobody listens any more.
async fn keep_asking(address: String, mut work: Work) -> Result<Vec<Request>> {
    let mut requests = Vec::new();
    loop {
        let mut connection = match Connection::open(&address).await {
            Ok(connection) => connection,
            Err(error) if is_refused(&error) => return Ok(requests),
            Err(error) => return Err(error),
        };
        loop {
            let begin = Instant::now();
            let (answer, message) = work.act(&mut connection).await;
            let outcome = match answer {
                Ok(status) if status.is_success() => Outcome::Answered,
                Ok(_) => Outcome::Failed,
                // The connection was closed before: nothing of it was written, so it is asked anew.
                Err(error) if was_not_written(&error) => break,
                Err(error) if error.is::<BrokenOff>() => Outcome::Failed,
                Err(_) => Outcome::Crossed,
            };
            requests.push(Request { begin, end: Instant::now(), outcome, message });
            if outcome == Outcome::Crossed {
                break;
            }
        }
    }
}

/// Nobody listens, or the connection waited for somebody to take it when its listener closed.
fn is_refused(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset))
}

fn was_not_written(error: &anyhow::Error) -> bool {
    error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
}

/// What came of it.
struct Ended {
    /// From the signal to the end of the process.
    took: Duration,
    signal: Instant,
    requests: Vec<Request>,
}

impl Ended {
    /// The messages whose requests ended so.
    fn messages(&self, outcome: Outcome) -> Vec<ClientId> {
        self.requests.iter().filter(|it| it.outcome == outcome).filter_map(|it| it.message).collect()
    }

    fn text(&self) -> String {
        let count = |outcome| self.requests.iter().filter(|it| it.outcome == outcome).count();
        let amid = self.requests.iter().filter(|it| it.begin < self.signal && it.end > self.signal).count();
        format!(
            "{:.2} s; of {} requests {amid} on their way at the signal, {} failed; {} crossed the end of their connection",
            millis(self.took) / 1000.0,
            self.requests.len(),
            count(Outcome::Failed),
            count(Outcome::Crossed),
        )
    }
}

/// Tells it to end when the load has lasted for a while, and waits for all.
async fn end(server: &mut Server, clients: JoinSet<Result<Vec<Request>>>) -> Result<Ended> {
    sleep(UNDER_LOAD).await;
    let signal = Instant::now();
    server.terminate()?;
    server.ended().await?;
    let took = signal.elapsed();
    let mut requests = Vec::new();
    for client in clients.join_all().await {
        requests.extend(client?);
    }
    Ok(Ended { took, signal, requests })
}

/// Reads until the socket ends; whether it said why.
async fn was_told_to_come_back(mut socket: Socket) -> bool {
    let told = async {
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Close(_)) {
                return true;
            }
        }
        false
    };
    timeout(Duration::from_secs(30), told).await.unwrap_or(false)
}

async fn hear(mut socket: Socket, heard: mpsc::UnboundedSender<ClientId>) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        if let Ok(ServerEvent::Message { message }) = serde_json::from_str(&text)
            && heard.send(message.client_id).is_err()
        {
            return;
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many of these are in the database.
async fn stored(crowd: &Crowd, messages: &[ClientId]) -> Result<usize> {
    let count: Count = sql_query("SELECT count(*) AS count FROM messages WHERE client_id = ANY($1)")
        .bind::<Array<Uuid>, _>(messages)
        .get_result(&mut *crowd.conn.lock().await)
        .await?;
    usize::try_from(count.count).context("a count below zero")
}
