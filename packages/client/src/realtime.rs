//! The socket.

use balloond_shared::{
    ChatId,
    event::{ClientEvent, ServerEvent},
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, ClientRequestBuilder, Message as Frame},
};

use crate::{Client, Error, Token};

/// Nobody said how it ended (RFC 6455, 7.1.5).
const ABNORMAL: u16 = 1006;

/// An open socket. After an error it is over; whoever comes back does so with the last head that they know, and waits a while
/// that is spread by chance ([`balloond_shared::backoff`]).
#[derive(Debug)]
pub struct Realtime(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens a socket. Its first event is `ready`.
    ///
    /// # Errors
    ///
    /// When it cannot be opened; the API's own refusal where it gave one.
    pub async fn connect(&self) -> Result<Realtime, Error> {
        let address = format!("{}realtime", self.api).replacen("http", "ws", 1);
        let uri = address.parse().map_err(|error: tungstenite::http::uri::InvalidUri| failed(error.into()))?;
        let mut request = ClientRequestBuilder::new(uri);
        if let Some(Token(token)) = &self.token {
            request = request.with_header("Authorization", format!("Bearer {token}"));
        }
        let (stream, _) = connect_async(request).await.map_err(refused)?;
        Ok(Realtime(stream))
    }
}

impl Realtime {
    /// What happened next. May be given up and asked again without losing anything.
    ///
    /// # Errors
    ///
    /// When the socket is over.
    pub async fn next(&mut self) -> Result<ServerEvent, Error> {
        loop {
            match self.0.next().await {
                Some(Ok(Frame::Text(text))) => {
                    return serde_json::from_str(&text).map_err(|_| Error::Unreadable { status: 101 });
                }
                Some(Ok(Frame::Close(close))) => {
                    return Err(Error::Closed(close.map_or(ABNORMAL, |it| it.code.into())));
                }
                // Pings are answered by the library.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(failed(error)),
                None => return Err(Error::Closed(ABNORMAL)),
            }
        }
    }

    /// Asks for a chat: what changed after `since`, the last head that one knows, and then what happens.
    ///
    /// # Errors
    ///
    /// When the socket is over.
    pub async fn subscribe(&mut self, chat: ChatId, since: i64) -> Result<(), Error> {
        self.say(ClientEvent::Subscribe { chat, since }).await
    }

    /// Says anything that a client may say.
    ///
    /// # Errors
    ///
    /// When the socket is over.
    pub async fn say(&mut self, event: ClientEvent) -> Result<(), Error> {
        let text = serde_json::to_string(&event).unwrap_or_default();
        self.0.send(Frame::text(text)).await.map_err(failed)
    }
}

fn failed(error: tungstenite::Error) -> Error {
    Error::Socket(Box::new(error))
}

fn refused(error: tungstenite::Error) -> Error {
    let refusal = match &error {
        tungstenite::Error::Http(answer) => answer.body().as_deref().and_then(|body| serde_json::from_slice(body).ok()),
        _ => None,
    };
    refusal.map_or_else(|| failed(error), |refusal| Error::Refused(Box::new(refusal)))
}
