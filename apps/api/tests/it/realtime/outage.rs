//! With Redis away everything goes on, a little slower.

use std::time::Duration;

use anyhow::Result;
use balloond_shared::{
    ChatId, ClientId,
    chat::Message,
    event::{ClientEvent, ServerEvent},
};
use balloond_testing::{RedisServer, database, eventually};
use serde_json::{Value, json};

use crate::{app::TestApp, client::User, socket::Socket};

/// From the answer to the sender until the message is heard.
const PROMISED: Duration = Duration::from_secs(2);

async fn send(from: &User, chat: ChatId, body: &str) -> Result<Message> {
    let request = json!({ "client_id": ClientId::new(), "body": body });
    from.post(&format!("/chats/{chat}/messages"), &request).await?.is(201)?.json()
}

/// Sends, and hears it over the socket in the time that is promised, once.
async fn is_heard(from: &User, chat: ChatId, body: &str, by: &mut Socket) -> Result<()> {
    let sent = send(from, chat, body).await?;
    let heard = by.next_within(PROMISED).await?;
    assert_eq!(heard, ServerEvent::Message { message: sent });
    Ok(())
}

#[tokio::test]
async fn messages_are_heard_before_during_and_after_an_outage() -> Result<()> {
    let mut redis = RedisServer::start()?;
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = other.user(ben.person.clone()).listen(chat).await?;
    is_heard(&ada, chat, "before", &mut socket).await?;

    redis.kill()?;
    for body in ["during", "still", "yet"] {
        is_heard(&ada, chat, body, &mut socket).await?;
    }
    // Whoever comes meanwhile hears as well.
    let mut late = ben.listen(chat).await?;
    let sent = send(&ada, chat, "late").await?;
    assert_eq!(late.next_within(PROMISED).await?, ServerEvent::Message { message: sent.clone() });
    assert_eq!(socket.message().await?, sent);

    redis.run()?;
    app.until_it_hears().await?;
    other.until_it_hears().await?;
    for socket in [&mut socket, &mut late] {
        socket.resynced().await?;
    }
    is_heard(&ada, chat, "after", &mut socket).await?;
    // What is stored nowhere can only have come by the feed.
    late.message().await?;
    ada.listen(chat).await?.send(ClientEvent::Typing { chat }).await?;
    assert_eq!(socket.next().await?, ServerEvent::Typing { chat, user: ada.id });
    Ok(())
}

#[tokio::test]
async fn what_was_stored_and_never_told_is_heard_all_the_same() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.listen(chat).await?;
    is_heard(&ada, chat, "told", &mut socket).await?;
    // As when a process is killed between the two.
    let sql = format!(
        "WITH moved AS (UPDATE chats SET head = head + 1 WHERE id = '{chat}' RETURNING head)
         INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body)
         SELECT gen_random_uuid(), '{chat}', '{}', gen_random_uuid(), head, head, 'untold' FROM moved",
        ada.id
    );
    app.world.execute(&sql).await?;
    assert_eq!(socket.message().await?.body, "untold");
    is_heard(&ada, chat, "told again", &mut socket).await
}

#[tokio::test]
async fn a_burst_that_nobody_told_of_comes_whole_to_whoever_reads() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.listen(chat).await?;
    is_heard(&ada, chat, "told", &mut socket).await?;
    // More than may wait for a socket at once, every third of them changed again.
    let sql = format!(
        "WITH moved AS (UPDATE chats SET head = head + 300 WHERE id = '{chat}' RETURNING head)
         INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body)
         SELECT gen_random_uuid(), '{chat}', '{}', gen_random_uuid(), head - 300 + n,
                head - 300 + CASE WHEN n % 3 = 0 THEN 200 + n / 3 ELSE n END, 'untold'
         FROM moved, generate_series(1, 200) AS n",
        ada.id
    );
    app.world.execute(&sql).await?;
    let mut last = 0;
    for _ in 0..200 {
        match socket.next().await? {
            ServerEvent::Message { message } => {
                assert!(message.changed_seq > last, "in their order");
                last = message.changed_seq;
            }
            event => panic!("none is lost: {event:?}"),
        }
    }
    is_heard(&ada, chat, "told again", &mut socket).await
}

#[tokio::test]
async fn a_redis_that_only_says_nothing_is_noticed() -> Result<()> {
    let redis = RedisServer::start()?;
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.listen(chat).await?;
    redis.freeze()?;
    let first = send(&ada, chat, "first").await?;
    assert_eq!(socket.message().await?, first, "however long it takes to notice");
    is_heard(&ada, chat, "second", &mut socket).await?;
    redis.thaw()?;
    app.until_it_hears().await?;
    is_heard(&ada, chat, "third", &mut socket).await
}

#[tokio::test]
async fn a_process_may_start_without_redis() -> Result<()> {
    let mut redis = RedisServer::start()?;
    redis.kill()?;
    let database = database::create().await?;
    let app = TestApp::start_amid_ruins(&[("DATABASE_URL", &database), ("REDIS_URL", &redis.url())])?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.listen(chat).await?;
    is_heard(&ada, chat, "without", &mut socket).await?;
    redis.run()?;
    app.until_it_hears().await?;
    is_heard(&ada, chat, "with", &mut socket).await
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_is_known_elsewhere() -> Result<()> {
    let mut redis = RedisServer::start()?;
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await?;
    let other = app.another().await?;
    let ada = app.person("Ada").await?;
    let there = other.user(ada.person.clone());
    let mut socket = there.connect().await?;
    redis.kill()?;
    eventually("both know that Redis is away", async || {
        let parts: Value = there.fetch("/readyz").await?.json()?;
        Ok(parts["feed"] == false)
    })
    .await?;
    ada.act("/auth/logout").await?.is(204)?;
    assert_eq!(socket.closed().await?, 4401);
    there.get("/me").await?.is(401)?;
    Ok(())
}
