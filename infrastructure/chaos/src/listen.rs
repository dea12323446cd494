//! A client's socket: it comes back by itself, spread by chance, and catches up.

use std::{rc::Rc, time::Duration};

use anyhow::Result;
use balloond_client::{Error, Realtime};
use balloond_shared::{ChatId, ErrorCode, event::ServerEvent, timeline::Timeline};
use tokio::time::{sleep, timeout};

use crate::{api::wait_before, client::Client};

/// For a connection and its handshake.
const CONNECT: Duration = Duration::from_secs(5);

/// Hears until the task is ended.
pub async fn listen(client: Rc<Client>) {
    let mut here = client.is_here.subscribe();
    let mut attempt = 0;
    loop {
        if here.wait_for(|here| *here).await.is_err() {
            return;
        }
        let left = async { here.wait_for(|here| !*here).await.map(drop) };
        let mut was_ready = false;
        tokio::select! {
            // Whoever comes back does not wait, as the product's own client does not when its page is looked at again.
            _ = left => was_ready = true,
            ended = connection(&client, &mut was_ready) => {
                if ended.is_err() {
                    client.api.turn_elsewhere();
                }
            }
        }
        client.is_connected.set(false);
        // As the product's own client does: of whom it hears nothing, it knows nothing.
        client.views.borrow_mut().values_mut().for_each(|view| view.online = None);
        attempt = if was_ready { 0 } else { attempt + 1 };
        if *client.is_here.borrow() {
            sleep(wait_before(attempt)).await;
        }
    }
}

async fn connection(client: &Rc<Client>, was_ready: &mut bool) -> Result<()> {
    let mut socket = timeout(CONNECT, client.api.client()?.connect()).await??;
    // When the database was away, what was asked for is asked for again.
    let mut failures = 0;
    let mut again: Option<Duration> = None;
    loop {
        let event = match again {
            None => socket.next().await,
            Some(wait) => match timeout(wait, socket.next()).await {
                Ok(event) => event,
                Err(_) => {
                    again = None;
                    subscribe(client, &mut socket).await?;
                    continue;
                }
            },
        };
        match event {
            Ok(ServerEvent::Ready { .. }) => {
                *was_ready = true;
                client.is_connected.set(true);
                client.is_back.notify_waiters();
                subscribe(client, &mut socket).await?;
            }
            Ok(ServerEvent::Error { code: ErrorCode::Unavailable, .. }) => {
                // However many chats it was refused for, it is one failure.
                if again.is_none() {
                    again = Some(wait_before(failures));
                    failures += 1;
                }
            }
            Ok(ServerEvent::Subscribed { chat, head }) => {
                failures = 0;
                catch_up_to(client, chat, head);
            }
            Ok(event) => hear(client, event),
            Err(Error::Closed(code)) => {
                if !matches!(code, 1001 | 1006 | 1012) {
                    client.tally.unexpected(format!("a socket was closed with {code}"));
                }
                return Ok(());
            }
            Err(error @ Error::Unreadable { .. }) => {
                client.tally.unexpected(format!("an event cannot be read: {error}"))
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn subscribe(client: &Client, socket: &mut Realtime) -> Result<()> {
    for chat in client.chats() {
        let since = client.view(chat, |view| view.timeline.synced()).unwrap_or_default();
        socket.subscribe(chat, since).await?;
    }
    Ok(())
}

fn hear(client: &Rc<Client>, event: ServerEvent) {
    match event {
        ServerEvent::Message { message } => client.take(message),
        ServerEvent::Read { chat, cursor } => _ = client.view(chat, |view| view.timeline.take_read(cursor)),
        ServerEvent::Presence { chat, online } => _ = client.view(chat, |view| view.online = online),
        ServerEvent::Resync { chat: Some(chat) } => client.catch_up(chat),
        ServerEvent::Resync { chat: None } => client.chats().into_iter().for_each(|chat| client.catch_up(chat)),
        ServerEvent::Error { code, .. } => client.tally.unexpected(format!("a socket was told {code:?}")),
        _ => {}
    }
}

fn catch_up_to(client: &Rc<Client>, chat: ChatId, head: i64) {
    if client.view(chat, |view| Timeline::synced(&view.timeline)).is_some_and(|synced| synced < head) {
        client.catch_up(chat);
    }
}
