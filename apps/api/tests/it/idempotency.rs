//! `Idempotency-Key`: what is sent again is not done again.

use anyhow::Result;
use balloond_shared::{ErrorCode, chat::Chat};
use balloond_testing::{eventually, photo};
use diesel_async::SimpleAsyncConnection;
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::{app::TestApp, client::Client};

const KEY: &str = "idempotency-key";

fn keyed(client: &Client) -> Client {
    client.header(KEY, &Uuid::now_v7().to_string())
}

#[tokio::test]
async fn a_repeat_is_answered_what_the_first_was() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let first = client.post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?;
    assert_eq!(first.text_of("idempotent-replayed"), "");
    let again = client.post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?;
    assert_eq!((again.text_of("idempotent-replayed"), &again.body), ("true", &first.body));
    assert_eq!(again.text_of("content-type"), first.text_of("content-type"));
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM chats").await?, "1");
    // Another key is another request; so is the same key of another person.
    let other: Chat = keyed(&ada).post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?.json()?;
    assert_ne!(other.summary.id, first.json::<Chat>()?.summary.id);
    let mut ben = client.clone();
    ben.headers.insert("authorization", app.person("Ben").await?.headers["authorization"].clone());
    let theirs = ben.post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?;
    assert_eq!(theirs.text_of("idempotent-replayed"), "");
    Ok(())
}

#[tokio::test]
async fn of_twenty_at_once_one_is_done() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let title = json!({ "title": "Clocks" });
    let answers = try_join_all((0..20).map(|_| client.post("/chats", &title))).await?;
    let (done, waiting): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert!(!done.is_empty() && done.iter().all(|answer| answer.body == done[0].body));
    for answer in waiting {
        assert_eq!(answer.refused(ErrorCode::KeyInUse)?.retry_after, Some(1));
    }
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM chats").await?, "1");
    let again = client.post("/chats", &title).await?.is(201)?;
    assert_eq!(again.body, done[0].body);
    Ok(())
}

#[tokio::test]
async fn a_key_belongs_to_one_request() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let client = keyed(&ada);
    client.post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?;
    client.post("/chats", &json!({ "title": "Watches" })).await?.refused(ErrorCode::KeyReused)?;
    client.post("/blocks", &json!({ "user": ben.id })).await?.refused(ErrorCode::KeyReused)?;
    let long = "x".repeat(256);
    for odd in ["", "with space", long.as_str()] {
        let refused = ada.header(KEY, odd).post("/chats", &json!({ "title": "Clocks" })).await?;
        assert_eq!(refused.invalid()?, ["Idempotency-Key: malformed"], "{odd:?}");
    }
    ben.get(&format!("/chats/{chat}")).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let client = keyed(&ada);
    let invite = json!({ "title": "Clocks", "invite": [ben.id] });
    client.post("/chats", &invite).await?.refused(ErrorCode::Invalid)?;
    app.world.open_chat(&ada.person, &ben.person).await?;
    client.post("/chats", &invite).await?.is(201)?;
    let again = client.post("/chats", &invite).await?.is(201)?;
    assert_eq!(again.text_of("idempotent-replayed"), "true");
    Ok(())
}

#[tokio::test]
async fn nobody_signed_in_has_no_keys() -> Result<()> {
    let app = TestApp::start().await?;
    let anonymous = keyed(&app.anonymous());
    anonymous.post("/chats", &json!({ "title": "Clocks" })).await?.refused(ErrorCode::Unauthenticated)?;
    let wrong = json!({ "email": "nobody@example.com", "password": "not a password" });
    for _ in 0..2 {
        let answer = anonymous.post("/auth/login", &wrong).await?;
        assert_eq!(answer.text_of("idempotent-replayed"), "");
        answer.refused(ErrorCode::WrongCredentials)?;
    }
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM idempotency_keys").await?, "0");
    Ok(())
}

#[tokio::test]
async fn a_photo_is_added_once() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let mut answers = Vec::new();
    // Each try of a client draws another boundary.
    for boundary in ["first-7f3a", "again-99b1"] {
        let mut form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        )
        .into_bytes();
        form.extend(photo::jpeg(64, 64));
        form.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        let client = client.header("content-type", &format!("multipart/form-data; boundary={boundary}"));
        answers.push(client.request(Method::POST, "/api/v1/me/photos", form).await?.is(201)?);
    }
    assert_eq!(answers[0].body, answers[1].body);
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM photos").await?, "1");
    Ok(())
}

#[tokio::test]
async fn a_client_that_went_away_finds_its_answer() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let title = json!({ "title": "Clocks" });
    // Nobody makes a group while the table is held, so the client is gone before the work is done.
    let mut conn = app.world.services.database.primary().await?;
    conn.batch_execute("BEGIN; LOCK TABLE chats IN EXCLUSIVE MODE").await?;
    let gone = tokio::time::timeout(std::time::Duration::from_millis(300), client.post("/chats", &title)).await;
    assert!(gone.is_err(), "the table is held");
    conn.batch_execute("COMMIT").await?;
    eventually("the answer", async || {
        let kept = "SELECT count(*)::text AS value FROM idempotency_keys WHERE status = 201";
        Ok(app.world.value(kept).await? == "1")
    })
    .await?;
    let again = client.post("/chats", &title).await?.is(201)?;
    assert_eq!(again.text_of("idempotent-replayed"), "true");
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM chats").await?, "1");
    Ok(())
}

#[tokio::test]
async fn a_key_whose_request_died_is_free_again_and_an_old_one_is_forgotten() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let title = json!({ "title": "Clocks" });
    client.post("/chats", &title).await?.is(201)?;
    app.world.execute("UPDATE idempotency_keys SET status = NULL, content_type = NULL, body = NULL").await?;
    client.post("/chats", &title).await?.refused(ErrorCode::KeyInUse)?;
    app.world.execute("UPDATE idempotency_keys SET claimed_at = claimed_at - interval '61 seconds'").await?;
    client.post("/chats", &json!({ "title": "Watches" })).await?.refused(ErrorCode::KeyReused)?;
    client.post("/chats", &title).await?.is(201)?;
    app.world.execute("UPDATE idempotency_keys SET claimed_at = claimed_at - interval '25 hours'").await?;
    let anew = client.post("/chats", &json!({ "title": "Watches" })).await?.is(201)?;
    assert_eq!(anew.text_of("idempotent-replayed"), "");
    Ok(())
}

#[tokio::test]
async fn answers_that_hold_secrets_are_not_kept() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let client = keyed(&ada);
    let password = json!({ "password": balloond_testing::PASSWORD });
    client.post("/me/second-step", &password).await?.is(201)?;
    let log_in = json!({ "email": ada.person.email, "password": balloond_testing::PASSWORD });
    client.post("/auth/login", &log_in).await?.is(200)?;
    client.post("/auth/refresh", &json!({ "refresh_token": ada.person.signed_in.refresh_token })).await?.is(200)?;
    assert_eq!(app.world.value("SELECT count(*)::text AS value FROM idempotency_keys").await?, "0");
    Ok(())
}
