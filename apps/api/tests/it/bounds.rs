//! What strangers send is bounded, and every answer keeps a browser from doing more with it than is meant.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use balloond_testing::PATIENCE;
use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::app::TestApp;

/// What a test of arbitrary bytes sends to each address.
const TRIES: usize = 100;

#[tokio::test]
async fn every_answer_has_its_headers() -> Result<()> {
    let app = TestApp::start_with(&[
        ("PUBLIC_API_URL", "https://www.example.com:8443"),
        ("PUBLIC_WEB_URL", "https://www.example.com"),
    ])
    .await?;
    let ada = app.person("Ada").await?;
    for (client, path) in [
        (&*ada, "/api/v1/me"),
        (&app.anonymous(), "/api/v1/me"),
        (&app.anonymous(), "/api/v1/people?limit=x"),
        (&app.anonymous(), "/nothing"),
        (&app.anonymous(), "/healthz"),
        (&app.anonymous(), "/api/openapi.json"),
    ] {
        let answer = client.fetch(path).await?;
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-site"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.text_of(header), value, "{header} of {path}");
        }
        assert_eq!(answer.text_of("server"), "", "{path}");
        if path.contains("/v1/") {
            assert_eq!(answer.text_of("cache-control"), "no-store", "{path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn without_https_no_browser_is_told_to_insist_on_it() -> Result<()> {
    let app = TestApp::start().await?;
    assert_eq!(app.anonymous().fetch("/healthz").await?.text_of("strict-transport-security"), "");
    Ok(())
}

#[tokio::test]
async fn headers_are_bounded() -> Result<()> {
    let app = TestApp::start().await?;
    let mut stream = TcpStream::connect(app.address).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n").await?;
    // It may be closed while we write: then it was too much before the end.
    let line = format!("X-Padding: {}\r\n", "x".repeat(1000));
    let mut sent = 0;
    while sent < 4 << 20 && stream.write_all(line.as_bytes()).await.is_ok() {
        sent += line.len();
    }
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.context("it is held open")?;
    let text = String::from_utf8_lossy(&answer);
    ensure!(read.is_err() || answer.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    ensure!(sent < 4 << 20, "4 MiB of headers were read");
    app.anonymous().fetch("/healthz").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn nobody_is_waited_for_who_never_ends_a_request() -> Result<()> {
    let app = TestApp::start().await?;
    let heads: [&[u8]; 2] = [
        b"GET /healthz HTTP/1.1\r\nHost: loc",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ];
    for head in heads {
        let mut stream = TcpStream::connect(app.address).await?;
        stream.write_all(head).await?;
        let since = Instant::now();
        let mut answer = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut answer)).await.context("it is held open")??;
        ensure!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        ensure!(since.elapsed() > Duration::from_secs(1), "a slow client was not waited for at all");
    }
    Ok(())
}

/// Arbitrary bytes, and bytes that begin as what is expected.
fn hostile(beginning: &'static [u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    let kept = (0..=beginning.len(), vec(any::<u8>(), 0..600));
    (0..TRIES).filter_map(move |_| {
        let (length, rest) = kept.new_tree(&mut runner).ok()?.current();
        Some([beginning.get(..length)?, &rest].concat())
    })
}

#[tokio::test]
async fn arbitrary_bytes_are_refused_and_break_nothing() -> Result<()> {
    let app = TestApp::start_with(&[]).await?;
    let ada = app.person("Ada").await?;
    let form = b"--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40";
    let json = br#"{"to": "019b0c6e-6f2a-7c3e-8d0b-2f6a1c9e4b57", "note": "Hello"#;
    for (method, path, kind, beginning) in [
        (Method::POST, "/api/v1/balloons", "application/json", &json[..]),
        (Method::PATCH, "/api/v1/me", "application/json", br#"{"bio": "x", "interests": ["#),
        (Method::POST, "/api/v1/me/photos", "multipart/form-data; boundary=b", form),
    ] {
        let client = ada.header("content-type", kind);
        for body in hostile(beginning) {
            let status = client.request(method.clone(), path, body.clone()).await?.status;
            ensure!(status.is_client_error(), "{status} for {body:?} to {path}");
        }
    }
    for query in hostile(b"cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&limit=7") {
        let escaped: String = query.iter().map(|byte| format!("%{byte:02x}")).collect();
        for path in ["people", "chats", "search", "balloons"] {
            let answer = ada.get(&format!("/{path}?cursor={escaped}&q=x")).await?;
            ensure!(answer.status.is_client_error(), "{} for {query:?}", answer.status);
        }
    }
    ada.get("/me").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn arbitrary_frames_end_a_socket_at_most() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, _) = app.chat().await?;
    let mut bystander = ben.connect().await?;
    for bytes in hostile(br#"{"type": "subscribe", "chat": "019b0c6e-6f2a-7c3e-8d0b-2f6a1c9e4b57", "since": 1}"#) {
        let mut stream = TcpStream::connect(app.address).await?;
        let head = format!(
            "GET /api/v1/realtime HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            ada.person.signed_in.token
        );
        stream.write_all(head.as_bytes()).await?;
        // As frames of their own making, masked or not, whole or not.
        stream.write_all(&bytes).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.context("it is held open")?.ok();
        ensure!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    }
    ada.connect().await?.settled().await?;
    bystander.settled().await?;
    Ok(())
}
