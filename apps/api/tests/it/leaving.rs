use anyhow::Result;
use balloond_domain::job;
use balloond_shared::{
    ErasureId, ErrorCode,
    leaving::{Erasure, Export},
};
use balloond_testing::PASSWORD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{app::TestApp, client::User};

async fn erase(who: &User, password: &str) -> Result<crate::client::Answer> {
    let client = who.header("content-type", "application/json");
    client.request(Method::DELETE, "/api/v1/me", json!({ "password": password }).to_string()).await
}

#[tokio::test]
async fn an_account_is_erased_with_its_password_and_its_sockets_close() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let mut socket = ada.connect().await?;
    assert_eq!(erase(&ada, "wrong").await?.invalid()?, ["password: wrong"]);
    let receipt: Erasure = erase(&ada, PASSWORD).await?.is(202)?.json()?;
    assert_eq!(socket.closed().await?, 4401);
    ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    ben.get(&format!("/users/{}", ada.id)).await?.refused(ErrorCode::NotFound)?;
    job::run_due(&app.world.services, &app.world.config).await?;
    let closed: Erasure = app.anonymous().get(&format!("/erasures/{}", receipt.id)).await?.is(200)?.json()?;
    assert!(closed.finished_at.is_some());
    app.anonymous().get(&format!("/erasures/{}", ErasureId::new())).await?.refused(ErrorCode::NotFound)?;
    app.anonymous().request(Method::DELETE, "/api/v1/me", "").await?.is(401)?;
    Ok(())
}

#[tokio::test]
async fn a_copy_is_asked_for_watched_and_fetched() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    ada.get("/me/export").await?.refused(ErrorCode::NotFound)?;
    let begun: Export = ada.act("/me/export").await?.is(202)?.json()?;
    assert_eq!((begun.percent, begun.url), (0, None));
    job::run_due(&app.world.services, &app.world.config).await?;
    let done: Export = ada.get("/me/export").await?.is(200)?.json()?;
    assert_eq!((done.id, done.percent), (begun.id, 100));
    let copy: Value = ada.download(&done.url.unwrap_or_default()).await?.is(200)?.json()?;
    assert_eq!(copy["account"]["email"], ada.person.email);
    ben.get("/me/export").await?.refused(ErrorCode::NotFound)?;
    app.anonymous().act("/me/export").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().get("/me/export").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
