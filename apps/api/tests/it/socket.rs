//! A client's socket.

use std::{collections::VecDeque, future::Future, time::Duration};

use anyhow::{Context, Result, bail};
use balloond_cache::{Envelope, EventKind};
use balloond_shared::{
    ChatId, ErrorCode, UserId,
    chat::Message,
    event::{ClientEvent, ServerEvent},
};
use balloond_testing::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Bytes, Message as Frame, client::IntoClientRequest},
};
use uuid::Uuid;

use crate::{client::Client, frames};

/// How an event begins that marks a place among others, and says nothing.
const MARK: &str = "mark ";

pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What came while something else was waited for.
    early: VecDeque<ServerEvent>,
}

impl Client {
    /// Opens a socket on which nothing was read yet.
    pub async fn dial(&self) -> Result<Socket> {
        let mut request = format!("ws://{}/api/v1/realtime", self.server).into_client_request()?;
        request.headers_mut().extend(self.headers.clone());
        let (stream, _) = client_async(request, TcpStream::connect(self.server).await?).await?;
        Ok(Socket { stream, early: VecDeque::new() })
    }

    /// Opens a socket that hears all that is for it from now on, and nothing of what was before.
    pub async fn connect(&self) -> Result<Socket> {
        let mut socket = self.dial().await?;
        let ServerEvent::Ready { user } = socket.next().await? else { bail!("the first event was not `ready`") };
        socket.settled().await?;
        let mark = ServerEvent::Error { code: ErrorCode::Internal, message: format!("{MARK}{}", Uuid::now_v7()) };
        let payload = serde_json::to_vec(&mark)?;
        let envelope = Envelope { kind: EventKind::User, target: user.as_uuid(), trace: None, payload: &payload };
        // What was published before comes before. With Redis away, nothing comes.
        if self.services.cache.publish(&envelope).await.is_ok() {
            in_time(PATIENCE, async {
                while socket.any_event().await? != mark {}
                Ok(())
            })
            .await?;
        }
        Ok(socket)
    }

    /// Opens a socket and subscribes to a chat from its end on.
    pub async fn listen(&self, chat: ChatId) -> Result<Socket> {
        let mut socket = self.connect().await?;
        socket.subscribe(chat, i64::MAX).await?;
        Ok(socket)
    }
}

impl Socket {
    pub async fn send(&mut self, event: ClientEvent) -> Result<()> {
        let text = serde_json::to_string(&event)?;
        frames::conforms("ClientEvent", &text)?;
        self.send_text(&text).await
    }

    pub async fn send_text(&mut self, text: &str) -> Result<()> {
        self.send_frame(Frame::text(text)).await
    }

    pub async fn send_frame(&mut self, frame: Frame) -> Result<()> {
        Ok(self.stream.send(frame).await?)
    }

    /// Asks for a chat, and answers the messages that were missed and its head.
    pub async fn subscribe(&mut self, chat: ChatId, since: i64) -> Result<(Vec<Message>, i64)> {
        self.send(ClientEvent::Subscribe { chat, since }).await?;
        let mut missed = Vec::new();
        loop {
            match self.next().await? {
                ServerEvent::Message { message } => missed.push(message),
                ServerEvent::Read { .. } => {}
                ServerEvent::Subscribed { chat: subscribed, head } if subscribed == chat => return Ok((missed, head)),
                other => bail!("{other:?} instead of `subscribed`"),
            }
        }
    }

    /// Waits until the server has done all that was asked of it.
    pub async fn settled(&mut self) -> Result<()> {
        self.send_frame(Frame::Ping(Bytes::from_static(b"settled"))).await?;
        loop {
            match self.frame(PATIENCE).await? {
                Frame::Pong(_) => return Ok(()),
                frame => self.early.extend(event(&frame)?),
            }
        }
    }

    /// The next event. That all may be fetched anew and who is online says nothing of what happened, so it is passed over.
    pub async fn next(&mut self) -> Result<ServerEvent> {
        self.next_within(PATIENCE).await
    }

    pub async fn next_within(&mut self, patience: Duration) -> Result<ServerEvent> {
        let next = async {
            loop {
                match self.any_event().await? {
                    ServerEvent::Resync { chat: None } | ServerEvent::Presence { .. } => {}
                    ServerEvent::Error { message, .. } if message.starts_with(MARK) => {}
                    event => return Ok(event),
                }
            }
        };
        in_time(patience, next).await
    }

    /// The next event, which has to be a message.
    pub async fn message(&mut self) -> Result<Message> {
        match self.next().await? {
            ServerEvent::Message { message } => Ok(message),
            other => bail!("{other:?} instead of a message"),
        }
    }

    /// Waits until it is told that exactly these others are online; `None`: that it is not known.
    pub async fn sees_online(&mut self, expected: Option<&[UserId]>, patience: Duration) -> Result<()> {
        let told = async {
            loop {
                if let ServerEvent::Presence { online, .. } = self.any_event_within(patience).await?
                    && online.as_deref() == expected
                {
                    return Ok(());
                }
            }
        };
        in_time(patience, told).await
    }

    /// Waits until all is to be fetched anew.
    pub async fn resynced(&mut self) -> Result<()> {
        let resynced = async {
            while self.any_event().await? != (ServerEvent::Resync { chat: None }) {}
            Ok(())
        };
        in_time(PATIENCE, resynced).await
    }

    /// Waits for the end, and answers the code it was closed with.
    pub async fn closed(&mut self) -> Result<u16> {
        loop {
            if let Frame::Close(close) = self.frame(PATIENCE).await? {
                return Ok(close.context("it was closed without a code")?.code.into());
            }
        }
    }

    async fn any_event(&mut self) -> Result<ServerEvent> {
        self.any_event_within(PATIENCE).await
    }

    async fn any_event_within(&mut self, patience: Duration) -> Result<ServerEvent> {
        if let Some(event) = self.early.pop_front() {
            return Ok(event);
        }
        loop {
            if let Some(event) = event(&self.frame(patience).await?)? {
                return Ok(event);
            }
        }
    }

    async fn frame(&mut self, patience: Duration) -> Result<Frame> {
        let next = timeout(patience, self.stream.next()).await.context("nothing came over the socket in time")?;
        Ok(next.context("the socket is gone")??)
    }
}

async fn in_time<T>(patience: Duration, next: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(patience, next).await.with_context(|| format!("nothing came over the socket within {patience:?}"))?
}

/// None for what is no event.
fn event(frame: &Frame) -> Result<Option<ServerEvent>> {
    match frame {
        Frame::Text(text) => {
            frames::conforms("ServerEvent", text)?;
            Ok(Some(serde_json::from_str(text).with_context(|| text.to_string())?))
        }
        Frame::Close(close) => bail!("the socket was closed: {close:?}"),
        _ => Ok(None),
    }
}
