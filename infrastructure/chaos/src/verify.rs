//! The judgement: every view of every client against the database, and the database against what was acknowledged.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use balloond_shared::{
    ChatId, ClientId, MessageId, UserId,
    chat::{Message, Quote},
};
use serde::Deserialize;
use tokio::time::sleep;
use tokio_postgres::NoTls;

use crate::{client::Client, tally::Tally};

/// When all is quiet, everybody has everything within this, without asking.
const SETTLES_WITHIN: Duration = Duration::from_secs(10);

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Acknowledged messages, edits, deletions and reactions that the database or a view does not have.
    pub lost: usize,
    /// Messages that are stored or seen more than once.
    pub doubled: usize,
    /// Messages that stand before one that their client wrote earlier.
    pub reordered: usize,
    /// Views that differ from the database.
    pub diverged: usize,
    /// How long it took until every view was up to date by itself; none: some never were.
    pub settled: Option<Duration>,
    pub views: usize,
    pub stored: usize,
}

impl Verdict {
    pub fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.reordered + self.diverged == 0 && self.settled.is_some()
    }
}

/// A message as it is stored.
#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    message: Message,
    answers: Option<MessageId>,
}

/// All that is stored of a chat.
struct Stored {
    head: i64,
    messages: Vec<Message>,
    read: BTreeMap<UserId, i64>,
}

/// Waits until all is quiet, then compares.
pub async fn verify(clients: &[Rc<Client>], database: &str, tally: &Tally) -> Result<Verdict> {
    let mut chats: HashMap<ChatId, Stored> = HashMap::new();
    let (conn, connection) = tokio_postgres::connect(database, NoTls).await.context("the database")?;
    tokio::spawn(connection);
    let all: HashSet<ChatId> = clients.iter().flat_map(|client| client.chats()).collect();
    for chat in all {
        chats.insert(chat, read(&conn, chat).await?);
    }
    let mut verdict = Verdict { settled: settle(clients, &chats).await, ..Verdict::default() };
    for client in clients {
        for chat in client.chats() {
            client.renew(chat).await;
            client.load_all(chat).await;
            if let Some(stored) = chats.get(&chat) {
                compare(client, chat, stored, &mut verdict);
            }
        }
    }
    for stored in chats.values() {
        judge_stored(stored, tally, &mut verdict);
    }
    judge_acknowledged(clients, &chats, tally, &mut verdict);
    Ok(verdict)
}

async fn settle(clients: &[Rc<Client>], chats: &HashMap<ChatId, Stored>) -> Option<Duration> {
    let begin = Instant::now();
    let is_behind = |client: &&Rc<Client>| {
        chats.iter().any(|(chat, stored)| {
            client.view(*chat, |view| view.timeline.synced() < stored.head || view.timeline.has_gap()) == Some(true)
        })
    };
    while clients.iter().any(|client| is_behind(&client)) {
        if begin.elapsed() > SETTLES_WITHIN {
            for client in clients.iter().filter(is_behind) {
                eprintln!("client {} is behind, connected: {}", client.number, client.is_connected.get());
            }
            return None;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Some(begin.elapsed())
}

async fn read(conn: &tokio_postgres::Client, chat: ChatId) -> Result<Stored> {
    let head = conn.query_one(&format!("SELECT head FROM chats WHERE id = '{chat}'"), &[]).await?.try_get(0)?;
    let rows = conn
        .query(
            &format!(
                "SELECT json_build_object(
                     'id', id, 'chat', chat_id, 'seq', seq, 'changed_seq', changed_seq, 'sender', sender_id,
                     'client_id', client_id, 'body', body, 'sent_at', sent_at, 'edited_at', edited_at,
                     'deleted', deleted_at IS NOT NULL, 'answers', reply_to, 'reactions', coalesce(reactions, '[]')
                 )::text FROM messages WHERE chat_id = '{chat}' ORDER BY seq"
            ),
            &[],
        )
        .await?;
    let rows: Vec<Row> = rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).collect::<Result<_>>()?;
    let quotes: HashMap<MessageId, Quote> = rows.iter().map(|row| (row.message.id, Quote::of(&row.message))).collect();
    let with_quote = |row: Row| {
        let reply_to = row.answers.and_then(|id| quotes.get(&id).cloned());
        Message { reply_to, ..row.message }
    };
    let messages = rows.into_iter().map(with_quote).collect();
    let cursors =
        conn.query(&format!("SELECT user_id::text, read_seq FROM chat_members WHERE chat_id = '{chat}'"), &[]).await?;
    let cursor = |row: &tokio_postgres::Row| Ok((row.try_get::<_, &str>(0)?.parse()?, row.try_get(1)?));
    Ok(Stored { head, messages, read: cursors.iter().map(cursor).collect::<Result<_>>()? })
}

/// One view against the database: every message with all that belongs to it, in its place, and the cursors.
fn compare(client: &Client, chat: ChatId, stored: &Stored, verdict: &mut Verdict) {
    verdict.views += 1;
    client.view(chat, |view| {
        let seen: Vec<&Message> = view.timeline.messages().collect();
        let reads_alike = stored.read.iter().all(|(user, seq)| view.timeline.read_by(*user) == *seq);
        if seen.iter().copied().ne(&stored.messages) || !reads_alike {
            verdict.diverged += 1;
            let first = seen.iter().zip(&stored.messages).find(|(seen, stored)| **seen != *stored);
            eprintln!(
                "client {} diverged: {} of {} messages, cursors alike: {reads_alike}, first difference: {first:?}",
                client.number,
                seen.len(),
                stored.messages.len(),
            );
        }
        let mut ids: Vec<ClientId> = seen.iter().map(|message| message.client_id).collect();
        ids.sort_unstable();
        ids.dedup();
        verdict.doubled += seen.len() - ids.len();
    });
}

/// Each once, and in the order in which its client wrote.
fn judge_stored(stored: &Stored, tally: &Tally, verdict: &mut Verdict) {
    let written = tally.written.borrow();
    let mut newest: HashMap<usize, usize> = HashMap::new();
    let mut seen: HashMap<usize, usize> = HashMap::new();
    verdict.stored += stored.messages.len();
    for message in &stored.messages {
        let Some(written) = written.get(&message.client_id) else { continue };
        *seen.entry(written.number).or_default() += 1;
        let last = newest.entry(written.client).or_default();
        verdict.reordered += usize::from(written.number < *last);
        *last = written.number.max(*last);
    }
    verdict.doubled += seen.values().map(|count| count - 1).sum::<usize>();
}

/// What was acknowledged is there, as it was acknowledged, and everybody in the chat has it.
fn judge_acknowledged(clients: &[Rc<Client>], chats: &HashMap<ChatId, Stored>, tally: &Tally, verdict: &mut Verdict) {
    let stored: HashMap<MessageId, &Message> =
        chats.values().flat_map(|stored| &stored.messages).map(|message| (message.id, message)).collect();
    // Gathered once: looking through every view for every message would take longer than the run.
    let mut seen: HashMap<ChatId, Vec<HashSet<MessageId>>> = HashMap::new();
    for client in clients {
        for chat in client.chats() {
            let ids = client.view(chat, |view| view.timeline.messages().map(|message| message.id).collect());
            seen.entry(chat).or_default().extend(ids);
        }
    }
    for written in tally.written.borrow().values() {
        let Some(id) = written.acknowledged else { continue };
        let is_stored = stored.get(&id).is_some_and(|message| {
            if written.is_deleted { message.deleted } else { message.body == written.body && !message.deleted }
        });
        let is_seen = seen.get(&written.chat).is_none_or(|views| views.iter().all(|view| view.contains(&id)));
        verdict.lost += usize::from(!is_stored || !is_seen);
    }
    for ((id, user, emoji), given) in tally.reactions.borrow().iter() {
        let Some(message) = stored.get(id).filter(|message| !message.deleted) else { continue };
        let has = message.reactions.iter().any(|reaction| reaction.emoji == *emoji && reaction.users.contains(user));
        verdict.lost += usize::from(has != *given);
    }
}
