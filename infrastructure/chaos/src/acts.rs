//! What clients do: write, edit, delete, react, read, leave and come back, at moments that the seed decides.

use std::{rc::Rc, time::Duration};

use balloond_client::reqwest::Method;
use balloond_shared::{
    ChatId, ClientId, ErrorCode,
    chat::{Message, ReadCursor},
};
use rand::{RngExt, rngs::StdRng};
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use crate::client::Client;

/// Messages that a client has waiting in one chat at most; then its writer waits.
const UNSENT: usize = 20;
/// Of the newest so many, one is changed.
const RECENT: usize = 40;

/// For how long clients are busy, and how much.
#[derive(Clone)]
pub struct Load {
    pub goes_on: watch::Receiver<bool>,
    /// Nobody leaves while this holds: who is there is looked at.
    pub stays: watch::Receiver<bool>,
    /// Between two messages of one client, on average.
    pub pause: Duration,
}

impl Load {
    /// Waits about `mean`; false when it is over.
    async fn rest(&mut self, rng: &mut StdRng, mean: Duration) -> bool {
        let factor: f64 = -rng.random_range(f64::EPSILON..1.0).ln();
        let over = self.goes_on.wait_for(|goes_on| !*goes_on);
        tokio::time::timeout(mean.mul_f64(factor.min(5.0)), over).await.is_err()
    }
}

/// Writes.
pub async fn write(client: Rc<Client>, mut load: Load, mut rng: StdRng) {
    while load.rest(&mut rng, load.pause).await {
        if let Some(chat) = any(&client.chats(), &mut rng)
            && client.unsent(chat) < UNSENT
        {
            client.write(chat);
        }
    }
}

/// Edits, deletes, reacts and reads, each to its end.
pub async fn change(client: Rc<Client>, mut load: Load, mut rng: StdRng) {
    while load.rest(&mut rng, load.pause * 2).await {
        let Some(chat) = any(&client.chats(), &mut rng) else { return };
        match rng.random_range(0..10) {
            0..3 => edit(&client, chat, &mut rng).await,
            3 => delete(&client, chat, &mut rng).await,
            4..8 => react(&client, chat, &mut rng).await,
            _ => read(&client, chat).await,
        }
    }
}

/// Leaves, and comes back after a while; sometimes with nothing but the newest page, as after a reload.
pub async fn wander(client: Rc<Client>, mut load: Load, mut rng: StdRng) {
    while load.rest(&mut rng, Duration::from_secs(8)).await {
        if *load.stays.borrow() {
            continue;
        }
        client.is_here.send_replace(false);
        sleep(Duration::from_millis(rng.random_range(200..4000))).await;
        if rng.random_bool(0.3) {
            for chat in client.chats() {
                client.reload(chat).await;
            }
        }
        client.is_here.send_replace(true);
    }
}

async fn edit(client: &Rc<Client>, chat: ChatId, rng: &mut StdRng) {
    let Some((id, message)) = own(client, chat, rng) else { return };
    let body = format!("{}, and {}", message.body, rng.random_range(0..1000));
    let path = format!("/chats/{chat}/messages/{}", message.id);
    let answer = client.api.persist::<Message>(Method::PATCH, &path, Some(&json!({ "body": body }))).await;
    if let Some(message) = expect(client, "an edit", answer, &[]) {
        client.tally.change(id, |written| written.body = body);
        client.take(message);
    }
}

async fn delete(client: &Rc<Client>, chat: ChatId, rng: &mut StdRng) {
    let Some((id, message)) = own(client, chat, rng) else { return };
    let path = format!("/chats/{chat}/messages/{}", message.id);
    let answer = client.api.persist::<Message>(Method::DELETE, &path, None).await;
    if let Some(message) = expect(client, "a deletion", answer, &[]) {
        client.tally.change(id, |written| written.is_deleted = true);
        client.take(message);
    }
}

async fn react(client: &Rc<Client>, chat: ChatId, rng: &mut StdRng) {
    let Some(message) = recent(client, chat, rng, |message| !message.deleted) else { return };
    let (emoji, wanted) = (client.emoji, rng.random_bool(0.7));
    let encoded: String = emoji.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/chats/{chat}/messages/{}/reactions/{encoded}", message.id);
    let method = if wanted { Method::PUT } else { Method::DELETE };
    let answer = client.api.persist::<Message>(method, &path, None).await;
    // Its writer may have deleted it meanwhile.
    if let Some(message) = expect(client, "a reaction", answer, &[ErrorCode::MessageGone]) {
        client.tally.reactions.borrow_mut().insert((message.id, client.user, emoji), wanted);
        client.take(message);
    }
}

async fn read(client: &Rc<Client>, chat: ChatId) {
    let seq = client.view(chat, |view| view.timeline.newest()).unwrap_or_default();
    let answer = client
        .api
        .persist::<ReadCursor>(Method::PUT, &format!("/chats/{chat}/read"), Some(&json!({ "seq": seq })))
        .await;
    if let Some(cursor) = expect(client, "a cursor", answer, &[]) {
        client.view(chat, |view| view.timeline.take_read(cursor));
    }
}

fn expect<T>(client: &Client, what: &str, answer: Result<T, ErrorCode>, excused: &[ErrorCode]) -> Option<T> {
    if let Err(code) = &answer
        && !excused.contains(code)
    {
        client.tally.unexpected(format!("{what} was refused: {code:?}"));
    }
    answer.ok()
}

/// A message that this client wrote, which its other device leaves alone.
fn own(client: &Client, chat: ChatId, rng: &mut StdRng) -> Option<(ClientId, Message)> {
    let message = recent(client, chat, rng, |message| {
        let written = client.tally.written.borrow();
        !message.deleted
            && message.sender == client.user
            && written.get(&message.client_id).is_some_and(|written| written.client == client.number)
    })?;
    Some((message.client_id, message))
}

fn recent(client: &Client, chat: ChatId, rng: &mut StdRng, fits: impl Fn(&Message) -> bool) -> Option<Message> {
    client.view(chat, |view| {
        let messages: Vec<&Message> =
            view.timeline.messages().rev().take(RECENT).filter(|message| fits(message)).collect();
        any(&messages, rng).cloned()
    })?
}

fn any<T: Clone>(of: &[T], rng: &mut StdRng) -> Option<T> {
    if of.is_empty() { None } else { of.get(rng.random_range(0..of.len())).cloned() }
}
