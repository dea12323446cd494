//! A socket of somebody's.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use balloond_shared::{ChatId, event::ServerEvent};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{ClientRequestBuilder, Message, http::Uri, protocol::WebSocketConfig},
};

use crate::crowd::Person;

pub type Socket = WebSocketStream<TcpStream>;

/// Ten thousand sockets of the library's own size would be more than a gigabyte of client.
const BUFFER: usize = 2 * 1024;

/// Opens one, and waits for `ready`.
pub async fn connect(address: &str, person: &Person) -> Result<Socket> {
    open(address, person, None).await
}

/// One whose kernel takes few bytes that nobody reads.
pub async fn connect_narrow(address: &str, person: &Person) -> Result<Socket> {
    const BYTES: u32 = 4 * 1024;
    open(address, person, Some(BYTES)).await
}

async fn open(address: &str, person: &Person, receives: Option<u32>) -> Result<Socket> {
    let to: SocketAddr = address.parse()?;
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = receives {
        socket.set_recv_buffer_size(bytes)?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    let uri: Uri = format!("ws://{address}/api/v1/realtime").parse()?;
    let request = ClientRequestBuilder::new(uri).with_header("Authorization", format!("Bearer {}", person.token));
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    wait_for(&mut socket, |event| matches!(event, ServerEvent::Ready { .. })).await?;
    Ok(socket)
}

/// Hears a chat from now on.
pub async fn subscribe(socket: &mut Socket, chat: ChatId) -> Result<()> {
    // Nothing of what was said before.
    let request = json!({ "type": "subscribe", "chat": chat, "since": 1_000_000_000 });
    socket.send(Message::text(request.to_string())).await?;
    wait_for(socket, |event| matches!(event, ServerEvent::Subscribed { .. })).await
}

pub async fn wait_for(socket: &mut Socket, wanted: impl Fn(&ServerEvent) -> bool) -> Result<()> {
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message?
            && wanted(&serde_json::from_str(&text).context("an unknown event")?)
        {
            return Ok(());
        }
    }
    bail!("the socket closed")
}
