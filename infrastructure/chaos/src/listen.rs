//! A client's socket: it comes back by itself, spread by chance, and catches up.

use std::{rc::Rc, time::Duration};

use anyhow::{Result, bail};
use balloond_shared::{
    ChatId, ErrorCode,
    event::{ClientEvent, ServerEvent},
    timeline::Timeline,
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{ClientRequestBuilder, Message as Frame, http::Uri},
};

use crate::{api::wait_before, client::Client};

type Socket = WebSocketStream<TcpStream>;

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
            _ = left => {}
            ended = connection(&client, &mut was_ready) => {
                if ended.is_err() {
                    client.api.turn_elsewhere();
                }
            }
        }
        client.is_connected.set(false);
        attempt = if was_ready { 0 } else { attempt + 1 };
        if *client.is_here.borrow() {
            sleep(wait_before(attempt)).await;
        }
    }
}

async fn connection(client: &Rc<Client>, was_ready: &mut bool) -> Result<()> {
    let mut socket = timeout(CONNECT, connect(client)).await??;
    // When the database was away, what was asked for is asked for again.
    let mut failures = 0;
    let mut again: Option<Duration> = None;
    loop {
        let frame = match again {
            None => socket.next().await,
            Some(wait) => match timeout(wait, socket.next()).await {
                Ok(frame) => frame,
                Err(_) => {
                    again = None;
                    subscribe(client, &mut socket).await?;
                    continue;
                }
            },
        };
        match frame {
            Some(Ok(Frame::Text(text))) => match serde_json::from_str(&text) {
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
                Err(error) => client.tally.unexpected(format!("an event cannot be read: {error}: {text}")),
            },
            Some(Ok(Frame::Close(close))) => {
                let code = close.map_or(0, |close| close.code.into());
                if !matches!(code, 1001 | 1006 | 1012) {
                    client.tally.unexpected(format!("a socket was closed with {code}"));
                }
                return Ok(());
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => bail!(error),
            None => return Ok(()),
        }
    }
}

async fn connect(client: &Client) -> Result<Socket> {
    let door = client.api.door()?;
    let uri: Uri = format!("ws://{door}/api/v1/realtime").parse()?;
    let request = ClientRequestBuilder::new(uri).with_header("Authorization", format!("Bearer {}", client.api.token()));
    Ok(client_async(request, TcpStream::connect(door).await?).await?.0)
}

async fn subscribe(client: &Client, socket: &mut Socket) -> Result<()> {
    for chat in client.chats() {
        let since = client.view(chat, |view| view.timeline.synced()).unwrap_or_default();
        let event = serde_json::to_string(&ClientEvent::Subscribe { chat, since })?;
        socket.send(Frame::text(event)).await?;
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
