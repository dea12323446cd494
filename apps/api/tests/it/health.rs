use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use anyhow::Result;
use balloond_shared::ErrorCode;
use balloond_testing::World;
use serde_json::{Value, json};

use crate::app::TestApp;

/// Nobody listens there.
const NOWHERE: &str = "postgres://balloond:secret@127.0.0.1:1/balloond?sslmode=disable";

#[tokio::test]
async fn with_everything_there_it_is_ready() -> Result<()> {
    let app = TestApp::start().await?;
    assert_eq!(app.anonymous().fetch("/healthz").await?.is(200)?.text(), "ok");
    let parts: Value = app.anonymous().fetch("/readyz").await?.is(200)?.json()?;
    assert_eq!(parts, json!({ "postgres": true, "redis": true, "object_store": true, "feed": true }));
    Ok(())
}

/// Each answer says that Postgres is away, in `time`, and nothing of where it should be.
async fn is_unavailable(database: &str, time: Duration) -> Result<()> {
    let ada = World::new().await?.person("Ada").await?;
    let app = TestApp::start_amid_ruins(&[("DATABASE_URL", database)])?;
    app.anonymous().fetch("/healthz").await?.is(200)?;
    let started = Instant::now();
    let parts: Value = app.anonymous().fetch("/readyz").await?.is(503)?.json()?;
    assert_eq!(parts["postgres"], false);
    assert!(started.elapsed() < time, "{:?}", started.elapsed());
    let ada = app.user(ada);
    for path in ["/me", "/people", "/chats"] {
        let started = Instant::now();
        let answer = ada.get(path).await?;
        assert!(started.elapsed() < time, "{path}: {:?}", started.elapsed());
        assert_eq!(answer.text_of("retry-after"), "2");
        assert!(!answer.text().contains("127.0.0.1") && !answer.text().contains("secret"));
        answer.refused(ErrorCode::Unavailable)?;
    }
    Ok(())
}

#[tokio::test]
async fn without_postgres_it_says_so_at_once() -> Result<()> {
    is_unavailable(NOWHERE, Duration::from_secs(1)).await
}

#[tokio::test]
async fn a_postgres_that_says_nothing_is_waited_for_two_seconds() -> Result<()> {
    // It takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("postgres://balloond:secret@{}/balloond?sslmode=disable", silent.local_addr()?);
    is_unavailable(&url, Duration::from_millis(2500)).await
}

#[tokio::test]
async fn without_redis_or_the_object_store_it_is_slower_but_ready() -> Result<()> {
    let database = balloond_testing::database::create().await?;
    let app = TestApp::start_amid_ruins(&[
        ("DATABASE_URL", &database),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("S3_ENDPOINT", "http://127.0.0.1:1"),
    ])?;
    let parts: Value = app.anonymous().fetch("/readyz").await?.is(200)?.json()?;
    assert_eq!(parts, json!({ "postgres": true, "redis": false, "object_store": false, "feed": false }));
    let (ada, ben, chat) = app.chat().await?;
    ben.get(&format!("/users/{}", ada.id)).await?.is(200)?;
    ada.patch("/me", &json!({ "bio": "New." })).await?.is(200)?;
    assert_eq!(ben.get(&format!("/users/{}", ada.id)).await?.json::<Value>()?["bio"], "New.");
    ben.get(&format!("/chats/{chat}/messages")).await?.is(200)?;
    Ok(())
}
