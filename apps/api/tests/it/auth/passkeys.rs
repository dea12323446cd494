use anyhow::Result;
use balloond_shared::{
    ErrorCode,
    auth::SignedIn,
    passkey::{Passkey, PasskeyOptions},
};
use balloond_testing::{Device, PASSWORD};
use serde_json::{Value, json};

use super::attributes;
use crate::app::{TestApp, WEB};

#[tokio::test]
async fn a_passkey_is_added_used_and_removed() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let mut device = Device::new(WEB, ada.id)?;
    let asked: PasskeyOptions = ada.act("/me/passkeys/begin").await?.is(200)?.json()?;
    assert_eq!(asked.0["rp"]["id"], "localhost");
    let add = json!({ "name": "My phone", "password": PASSWORD, "credential": device.create(&asked) });
    let added: Passkey = ada.post("/me/passkeys", &add).await?.is(201)?.json()?;
    assert_eq!(ada.post("/me/passkeys", &add).await?.invalid()?, ["credential: wrong"]);
    let listed: Vec<Passkey> = ada.get("/me/passkeys").await?.is(200)?.json()?;
    assert_eq!(listed.as_slice(), std::slice::from_ref(&added));

    let browser = app.anonymous().browser("");
    let asked: PasskeyOptions = browser.act("/auth/passkey/begin").await?.is(200)?.json()?;
    assert_eq!(asked.0["allowCredentials"], json!([]), "it says nothing of anybody");
    let answer = json!({ "credential": device.get(&asked)? });
    let signed_in = browser.post("/auth/passkey", &answer).await?.is(200)?;
    assert_eq!(attributes(&signed_in).into_keys().collect::<Vec<_>>(), ["refresh", "session"]);
    assert_eq!(signed_in.json::<SignedIn>()?.user.profile.id, ada.id);
    browser.post("/auth/passkey", &answer).await?.refused(ErrorCode::WrongCredentials)?;

    let path = format!("/me/passkeys/{}", added.id);
    assert_eq!(ada.delete_with(&path, &json!({ "password": "wrong" })).await?.invalid()?, ["password: wrong"]);
    ada.delete_with(&path, &json!({ "password": PASSWORD })).await?.is(204)?;
    ada.delete_with(&path, &json!({ "password": PASSWORD })).await?.refused(ErrorCode::NotFound)?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_answer_and_an_unknown_passkey_are_answered_alike() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let (_, mut known) = app.world.passkey(&ada.person).await?;
    known.host = "elsewhere.example".to_owned();
    let mut unknown = Device::new(WEB, ada.id)?;
    let mut answers = Vec::new();
    for device in [&mut known, &mut unknown] {
        let asked: PasskeyOptions = app.anonymous().act("/auth/passkey/begin").await?.is(200)?.json()?;
        answers.push(app.anonymous().post("/auth/passkey", &json!({ "credential": device.get(&asked)? })).await?);
    }
    answers.push(app.anonymous().post("/auth/passkey", &json!({ "credential": Value::Null })).await?);
    for answer in answers {
        answer.refused(ErrorCode::WrongCredentials)?;
    }
    app.anonymous().act("/me/passkeys/begin").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().get("/me/passkeys").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn without_redis_there_are_no_passkeys_and_a_password_does() -> Result<()> {
    let app = TestApp::start_with(&[]).await?;
    let ada = app.person("Ada").await?;
    let url = app.world.config.database.url.clone();
    let cut_off = TestApp::start_amid_ruins(&[("DATABASE_URL", &url), ("REDIS_URL", "redis://127.0.0.1:1")])?;
    cut_off.anonymous().act("/auth/passkey/begin").await?.refused(ErrorCode::Unavailable)?;
    let log_in = json!({ "email": ada.person.email, "password": PASSWORD });
    cut_off.anonymous().post("/auth/login", &log_in).await?.is(200)?;
    Ok(())
}
