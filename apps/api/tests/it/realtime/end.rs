//! How sockets end.

use std::time::{Duration, Instant};

use anyhow::Result;
use balloond_shared::auth::SignedIn;
use balloond_testing::{PASSWORD, PATIENCE};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::app::TestApp;

#[tokio::test]
async fn a_session_that_ends_takes_its_sockets_with_it() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let log_in = json!({ "email": ada.person.email, "password": PASSWORD });
    let elsewhere: SignedIn = app.anonymous().post("/auth/login", &log_in).await?.is(200)?.json()?;
    let mut kept = app.anonymous().bearer(&elsewhere.token).listen(chat).await?;
    let (mut here, mut there) = (ada.listen(chat).await?, other.user(ada.person.clone()).listen(chat).await?);
    ada.act("/auth/logout").await?.is(204)?;
    assert_eq!((here.closed().await?, there.closed().await?), (4401, 4401));
    let message = app.world.send(&ben.person, chat, "Still there?").await?;
    assert_eq!(kept.message().await?, message, "another session of hers goes on");
    Ok(())
}

#[tokio::test]
async fn a_replayed_refresh_token_closes_the_sockets_too() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let mut socket = ada.connect().await?;
    let token = json!({ "refresh_token": ada.person.signed_in.refresh_token });
    app.anonymous().post("/auth/refresh", &token).await?.is(200)?;
    app.world.execute("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '31 seconds'").await?;
    app.anonymous().post("/auth/refresh", &token).await?.is(401)?;
    assert_eq!(socket.closed().await?, 4401);
    Ok(())
}

#[tokio::test]
async fn the_end_of_the_process_is_told_and_quick() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut sockets = [ada.listen(chat).await?, ben.listen(chat).await?, ben.connect().await?];
    // A client that never answers, and a connection that is kept open for a request to come.
    let _silent = ada.connect().await?;
    ada.get("/me").await?.is(200)?;
    let started = Instant::now();
    app.stop();
    for socket in &mut sockets {
        assert_eq!(socket.closed().await?, 1012);
    }
    assert!(started.elapsed() < Duration::from_secs(2), "sockets are told at once: {:?}", started.elapsed());
    app.stopped(Duration::from_secs(8)).await
}

#[tokio::test]
async fn a_request_under_way_is_finished() -> Result<()> {
    let app = TestApp::start().await?;
    let mut socket = app.person("Ada").await?.connect().await?;
    let body = json!({ "email": "nobody@example.com", "password": PASSWORD }).to_string();
    let mut stream = TcpStream::connect(app.address).await?;
    let head = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await?;
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    app.stop();
    assert_eq!(socket.closed().await?, 1012, "the end has begun");
    stream.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await??;
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("wrong_credentials"), "{answer}");
    app.stopped(Duration::from_secs(8)).await
}
