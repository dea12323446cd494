use anyhow::Result;
use balloond_shared::{ErrorCode, SessionId, auth::SignedIn, session::Session};
use balloond_testing::PASSWORD;
use serde_json::json;

use crate::{
    app::TestApp,
    client::{Client, User},
};

async fn elsewhere(app: &TestApp, who: &User) -> Result<Client> {
    let log_in = json!({ "email": who.person.email, "password": PASSWORD });
    let signed_in: SignedIn = app.anonymous().post("/auth/login", &log_in).await?.is(200)?.json()?;
    Ok(app.anonymous().bearer(&signed_in.token))
}

#[tokio::test]
async fn ending_a_session_elsewhere_closes_its_sockets() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let others = [elsewhere(&app, &ada).await?, elsewhere(&app, &ada).await?, elsewhere(&app, &ada).await?];
    let mut sockets = Vec::new();
    for other in &others {
        sockets.push(other.connect().await?);
    }
    let listed: Vec<Session> = ada.get("/me/sessions").await?.is(200)?.json()?;
    assert!(listed.len() == 4 && listed[0].current);
    let first: Vec<Session> = others[0].get("/me/sessions").await?.is(200)?.json()?;
    ada.delete(&format!("/me/sessions/{}", first[0].id)).await?.is(204)?;
    assert_eq!(sockets[0].closed().await?, 4401);
    others[0].get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    others[1].get("/me").await?.is(200)?;
    ada.delete("/me/sessions").await?.is(204)?;
    for socket in &mut sockets[1..] {
        assert_eq!(socket.closed().await?, 4401);
    }
    ada.get("/me").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn a_new_password_closes_the_other_sockets() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let mut socket = elsewhere(&app, &ada).await?.connect().await?;
    let wrong = json!({ "current_password": "wrong", "password": "another horse" });
    assert_eq!(ada.post("/me/password", &wrong).await?.invalid()?, ["current_password: wrong"]);
    let right = json!({ "current_password": PASSWORD, "password": "another horse" });
    ada.post("/me/password", &right).await?.is(204)?;
    assert_eq!(socket.closed().await?, 4401);
    ada.get("/me").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn the_sessions_of_others_are_nobodys_business() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let listed: Vec<Session> = ada.get("/me/sessions").await?.is(200)?.json()?;
    ben.delete(&format!("/me/sessions/{}", listed[0].id)).await?.refused(ErrorCode::NotFound)?;
    ben.delete(&format!("/me/sessions/{}", SessionId::new())).await?.refused(ErrorCode::NotFound)?;
    ben.delete("/me/sessions/x").await?.refused(ErrorCode::NotFound)?;
    app.anonymous().get("/me/sessions").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().delete("/me/sessions").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().post("/me/password", &json!({})).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
