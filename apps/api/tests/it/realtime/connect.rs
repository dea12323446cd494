//! Opening a socket, and what may be said over it.

use anyhow::Result;
use balloond_shared::{
    ChatId, ErrorCode,
    event::{ClientEvent, ServerEvent},
};
use tokio_tungstenite::tungstenite::{Bytes, Message as Frame};

use crate::{
    app::{TestApp, WEB},
    client::Client,
    socket::Socket,
};

/// Asks for a socket as a browser does, over a connection that can be answered in any way.
fn handshake(client: &Client) -> Client {
    client
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

async fn error(socket: &mut Socket) -> Result<ErrorCode> {
    match socket.next().await? {
        ServerEvent::Error { code, .. } => Ok(code),
        other => anyhow::bail!("{other:?} instead of an error"),
    }
}

#[tokio::test]
async fn the_first_event_says_who_one_is() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    assert_eq!(ada.dial().await?.next().await?, ServerEvent::Ready { user: ada.id });
    let cookie = format!("session={}", ada.person.signed_in.token);
    let browser = app.anonymous().browser(&cookie);
    assert_eq!(browser.dial().await?.next().await?, ServerEvent::Ready { user: ada.id });
    Ok(())
}

#[tokio::test]
async fn a_socket_is_refused_to_strangers_and_foreign_pages() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let cookie = format!("session={}", ada.person.signed_in.token);
    let anonymous = handshake(&app.anonymous());
    anonymous.get("/realtime").await?.refused(ErrorCode::Unauthenticated)?;
    anonymous.header("origin", WEB).get("/realtime").await?.refused(ErrorCode::Unauthenticated)?;
    anonymous.bearer("nonsense").get("/realtime").await?.refused(ErrorCode::Unauthenticated)?;
    for foreign in [
        handshake(&ada).header("origin", "http://evil.example"),
        anonymous.header("cookie", &cookie).header("origin", "http://evil.example"),
        anonymous.header("cookie", &cookie).header("origin", "null"),
        anonymous.header("cookie", &cookie),
    ] {
        foreign.get("/realtime").await?.refused(ErrorCode::ForeignOrigin)?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_handshake_is_malformed() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    ada.get("/realtime").await?.refused(ErrorCode::Malformed)?;
    handshake(&ada).header("sec-websocket-version", "8").get("/realtime").await?.refused(ErrorCode::Malformed)?;
    handshake(&ada).header("upgrade", "h2c").get("/realtime").await?.refused(ErrorCode::Malformed)?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_understood_is_said_and_forgiven() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let mut socket = ada.connect().await?;
    for text in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type": "dance"}"#,
        r#"{"type": "subscribe"}"#,
        r#"{"type": "subscribe", "chat": 7}"#,
        r#"{"type": "ready", "user": "018f0000-0000-7000-8000-000000000000"}"#,
    ] {
        socket.send_text(text).await?;
        assert_eq!(error(&mut socket).await?, ErrorCode::Malformed, "{text}");
    }
    assert_eq!(socket.subscribe(chat, 0).await?.1, 1, "it goes on");
    Ok(())
}

#[tokio::test]
async fn who_never_makes_sense_is_sent_away() -> Result<()> {
    let app = TestApp::start().await?;
    let mut socket = app.person("Ada").await?.connect().await?;
    for _ in 0..20 {
        socket.send_text("nonsense").await?;
        error(&mut socket).await?;
    }
    socket.send_text("nonsense").await?;
    assert_eq!(socket.closed().await?, 1008);
    Ok(())
}

#[tokio::test]
async fn frames_that_no_client_of_ours_sends_close_the_socket() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let long = "x".repeat(17 * 1024);
    for (frame, code) in [(Frame::binary(Bytes::from_static(b"{}")), 1003), (Frame::text(long), 1009)] {
        let mut socket = ada.connect().await?;
        socket.send_frame(frame).await?;
        assert_eq!(socket.closed().await?, code);
    }
    Ok(())
}

#[tokio::test]
async fn nobody_hears_a_chat_that_is_not_theirs() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    let mut socket = cyd.connect().await?;
    for event in [
        ClientEvent::Subscribe { chat, since: 0 },
        ClientEvent::Subscribe { chat: ChatId::new(), since: 0 },
        ClientEvent::Typing { chat },
    ] {
        socket.send(event).await?;
        assert_eq!(error(&mut socket).await?, ErrorCode::NotFound);
    }
    app.world.send(&ada.person, chat, "secret").await?;
    let balloon = app.world.float(&ada.person, &cyd.person).await?;
    let ServerEvent::Balloon { balloon: heard } = socket.next().await? else { panic!("it heard something else") };
    assert_eq!(heard.id, balloon.id);
    Ok(())
}
