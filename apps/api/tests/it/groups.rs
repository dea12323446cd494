use anyhow::Result;
use balloond_shared::{ErrorCode, UserId, balloon::SentBalloon, chat::Chat, group::Role};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_group_is_made_joined_led_and_left() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, direct) = app.chat().await?;
    let group: Chat = ada.post("/chats", &json!({ "title": "Clocks" })).await?.is(201)?.json()?;
    let path = format!("/chats/{}", group.summary.id);
    let invitation: SentBalloon =
        ada.post(&format!("{path}/invitations"), &json!({ "to": ben.id })).await?.is(201)?.json()?;
    assert_eq!(invitation.group.map(|group| group.title).as_deref(), Some("Clocks"));
    ada.post(&format!("{path}/invitations"), &json!({ "to": ben.id })).await?.refused(ErrorCode::AlreadyInvited)?;
    ben.get(&path).await?.refused(ErrorCode::NotFound)?;
    ben.act(&format!("/balloons/{}/catch", invitation.id)).await?.is(200)?;
    let renamed: Chat = ada.patch(&path, &json!({ "title": "Watches" })).await?.is(200)?.json()?;
    assert_eq!((renamed.summary.title.as_str(), renamed.members.len()), ("Watches", 2));
    ada.delete(&format!("{path}/members/{}", ada.id)).await?.refused(ErrorCode::HandOverFirst)?;
    let handed: Chat =
        ada.put(&format!("{path}/members/{}", ben.id), &json!({ "role": "owner" })).await?.is(200)?.json()?;
    assert_eq!(handed.roles.iter().find(|member| member.user == ben.id).map(|member| member.role), Some(Role::Owner));
    ada.delete(&format!("{path}/members/{}", ada.id)).await?.is(204)?;
    ada.get(&path).await?.refused(ErrorCode::NotFound)?;
    ada.get(&format!("/chats/{direct}")).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_or_not_allowed_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, _) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    assert_eq!(ada.post("/chats", &json!({ "title": "" })).await?.invalid()?, ["title: required"]);
    assert_eq!(ada.post("/chats", &json!({})).await?.invalid()?, ["title: required"]);
    let with_stranger = json!({ "title": "x", "invite": [cyd.id] });
    assert_eq!(ada.post("/chats", &with_stranger).await?.invalid()?, ["invite: not_allowed"]);
    let group: Chat = ada.post("/chats", &json!({ "title": "x", "invite": [ben.id] })).await?.is(201)?.json()?;
    let path = format!("/chats/{}", group.summary.id);
    for stranger in [&ben, &cyd] {
        stranger.patch(&path, &json!({ "title": "y" })).await?.refused(ErrorCode::NotFound)?;
        stranger.post(&format!("{path}/invitations"), &json!({ "to": ada.id })).await?.refused(ErrorCode::NotFound)?;
        stranger.delete(&format!("{path}/members/{}", ada.id)).await?.refused(ErrorCode::NotFound)?;
    }
    assert_eq!(ada.patch(&path, &json!({ "title": "x".repeat(81) })).await?.invalid()?, ["title: too_long"]);
    assert_eq!(
        ada.post(&format!("{path}/invitations"), &json!({ "to": cyd.id })).await?.invalid()?,
        ["to: not_allowed"]
    );
    let nobody = format!("{path}/members/{}", UserId::new());
    ada.put(&nobody, &json!({ "role": "moderator" })).await?.refused(ErrorCode::NotFound)?;
    ada.put(&format!("{path}/members/x"), &json!({ "role": "moderator" })).await?.refused(ErrorCode::NotFound)?;
    ada.put(&nobody, &json!({ "role": "king" })).await?.is(422)?;
    app.anonymous().post("/chats", &json!({ "title": "x" })).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
