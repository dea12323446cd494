use anyhow::Result;
use balloond_shared::{ErrorCode, chat::Badges, profile::Me};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn ones_own_profile_has_the_email_and_a_tag() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let answer = ada.get("/me").await?.is(200)?;
    assert_eq!((answer.text_of("etag"), answer.text_of("cache-control")), ("\"1\"", "no-store"));
    let me: Me = answer.json()?;
    assert_eq!((me.email, me.profile.id), (ada.person.email.clone(), ada.id));
    Ok(())
}

#[tokio::test]
async fn a_change_applies_to_the_version_that_was_seen() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let seen = ada.header("if-match", "\"1\"");
    let answer = seen.patch("/me", &json!({ "bio": "Tea." })).await?.is(200)?;
    assert_eq!(answer.text_of("etag"), "\"2\"");
    assert_eq!(answer.json::<Me>()?.profile.bio, "Tea.");
    seen.patch("/me", &json!({ "bio": "Coffee." })).await?.refused(ErrorCode::Stale)?;
    ada.header("if-match", "never given").patch("/me", &json!({})).await?.refused(ErrorCode::Stale)?;
    ada.header("if-match", "*").patch("/me", &json!({ "name": "Ada L." })).await?.is(200)?;
    let me: Me = ada.patch("/me", &json!({ "interests": ["Tea"] })).await?.is(200)?.json()?;
    assert_eq!((me.profile.name.as_str(), me.profile.bio.as_str(), me.version), ("Ada L.", "Tea.", 4));
    assert_eq!(me.profile.interests, ["tea"]);
    Ok(())
}

#[tokio::test]
async fn a_bad_change_names_its_fields() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let faults = ada.patch("/me", &json!({ "name": "", "age": 121 })).await?.invalid()?;
    assert_eq!(faults, ["name: required", "age: out_of_range"]);
    assert_eq!(ada.patch("/me", &json!({ "interests": "tea" })).await?.invalid()?, ["interests: malformed"]);
    assert_eq!(ada.get("/me").await?.json::<Me>()?, ada.person.signed_in.user);
    Ok(())
}

#[tokio::test]
async fn the_badges_count_what_waits() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    app.world.float(&cyd.person, &ben.person).await?;
    app.world.send(&ada.person, chat, "Hello again").await?;
    assert_eq!(ben.get("/me/badges").await?.is(200)?.json::<Badges>()?, Badges { balloons: 1, chats: 1 });
    assert_eq!(ada.get("/me/badges").await?.is(200)?.json::<Badges>()?, Badges { balloons: 0, chats: 0 });
    Ok(())
}

#[tokio::test]
async fn nobody_else_gets_in() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let token = &ada.person.signed_in.token;
    let (head, signature) = token.rsplit_once('.').unwrap_or_default();
    let unsigned = format!("{head}.");
    let other_signature = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for token in ["", "nonsense", &unsigned, &other_signature] {
        let stranger = app.anonymous().bearer(token);
        stranger.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
        stranger.patch("/me", &json!({ "bio": "x" })).await?.refused(ErrorCode::Unauthenticated)?;
    }
    app.anonymous().get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().header("authorization", "Basic YTpi").get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().header("authorization", &format!("bearer {token}")).get("/me").await?.is(200)?;
    Ok(())
}
