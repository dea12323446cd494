//! Who is online, who types, how far others read: shown and seen by those who show it.

use std::time::Duration;

use anyhow::Result;
use balloond_domain::{balloon, group, privacy, safety};
use balloond_shared::{
    UserId,
    chat::ReadCursor,
    event::{ClientEvent, ServerEvent},
    group::{CreateGroup, Invite},
    privacy::EditPrivacy,
};
use balloond_testing::{PATIENCE, RedisServer};
use serde_json::json;

use crate::{app::TestApp, client::User};

/// From the end of the last socket until it is told.
const ENDS: Duration = Duration::from_secs(30);

async fn edit(app: &TestApp, who: &User, change: EditPrivacy) -> Result<()> {
    privacy::edit(&app.world.services, who.person.viewer, change).await?;
    Ok(())
}

#[tokio::test]
async fn who_comes_is_seen_and_whose_process_is_gone_is_seen_no_more() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut of_ada = ada.listen(chat).await?;
    of_ada.sees_online(Some(&[]), PATIENCE).await?;
    let elsewhere = other.user(ben.person.clone()).connect().await?;
    of_ada.sees_online(Some(&[ben.id]), PATIENCE).await?;
    let mut of_ben = ben.listen(chat).await?;
    of_ben.sees_online(Some(&[ada.id]), PATIENCE).await?;
    drop(of_ben);
    // Nothing is said by it: the mark that it renewed ends by itself, as that of a process that was killed.
    other.stop();
    drop(elsewhere);
    of_ada.sees_online(Some(&[]), ENDS).await
}

#[tokio::test]
async fn without_redis_it_is_not_known_and_with_it_known_again() -> Result<()> {
    let mut redis = RedisServer::start()?;
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await?;
    let (ada, ben, chat) = app.chat().await?;
    let (mut of_ada, _of_ben) = (ada.listen(chat).await?, ben.listen(chat).await?);
    of_ada.sees_online(Some(&[ben.id]), PATIENCE).await?;
    redis.kill()?;
    of_ada.sees_online(None, PATIENCE).await?;
    redis.run()?;
    of_ada.sees_online(Some(&[ben.id]), Duration::from_secs(20)).await
}

#[tokio::test]
async fn who_does_not_show_presence_neither_is_seen_nor_sees() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    edit(&app, &ben, EditPrivacy { presence: Some(false), ..EditPrivacy::default() }).await?;
    let mut of_ben = ben.listen(chat).await?;
    let mut of_ada = ada.listen(chat).await?;
    of_ada.sees_online(Some(&[]), PATIENCE).await?;
    assert!(of_ben.sees_online(Some(&[ada.id]), Duration::from_secs(8)).await.is_err(), "he does not see her");
    edit(&app, &ben, EditPrivacy { presence: Some(true), ..EditPrivacy::default() }).await?;
    of_ben = ben.listen(chat).await?;
    of_ben.sees_online(Some(&[ada.id]), PATIENCE).await?;
    of_ada.sees_online(Some(&[ben.id]), PATIENCE).await
}

#[tokio::test]
async fn a_block_hides_two_people_of_a_group_from_each_other_and_from_nobody_else() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, _) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    app.world.open_chat(&ada.person, &cyd.person).await?;
    let services = &app.world.services;
    let request = CreateGroup { title: "Clocks".to_owned(), invite: Vec::new() };
    let chat = group::create(services, ada.person.viewer, &request).await?.summary.id;
    for invited in [&ben, &cyd] {
        let invitation = group::invite(services, ada.person.viewer, chat, Invite { to: invited.id }).await?;
        balloon::catch(services, invited.person.viewer, invitation.id).await?;
    }
    let (mut of_ada, mut of_ben, mut of_cyd) =
        (ada.listen(chat).await?, ben.listen(chat).await?, cyd.listen(chat).await?);
    let mut all = [ada.id, ben.id, cyd.id];
    all.sort_unstable();
    let but = |hidden: &[UserId]| all.into_iter().filter(|user| !hidden.contains(user)).collect::<Vec<_>>();
    of_ben.sees_online(Some(&but(&[ben.id])), PATIENCE).await?;

    safety::block(services, ben.person.viewer, cyd.id).await?;
    of_ben.sees_online(Some(&[ada.id]), PATIENCE).await?;
    of_cyd.sees_online(Some(&[ada.id]), PATIENCE).await?;
    of_ada.sees_online(Some(&but(&[ada.id])), PATIENCE).await?;
    cyd.listen(chat).await?.sees_online(Some(&[ada.id]), PATIENCE).await?;
    // Nor that the other types.
    of_cyd.send(ClientEvent::Typing { chat }).await?;
    of_cyd.settled().await?;
    let said = app.world.send(&ada.person, chat, "Well?").await?;
    assert_eq!(of_ben.message().await?, said, "and nothing before it");

    safety::unblock(services, ben.person.viewer, cyd.id).await?;
    of_ben.sees_online(Some(&but(&[ben.id])), PATIENCE).await?;
    of_cyd.sees_online(Some(&but(&[cyd.id])), PATIENCE).await
}

#[tokio::test]
async fn who_does_not_show_typing_neither_is_seen_nor_sees() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let (mut of_ada, mut of_ben) = (ada.listen(chat).await?, ben.listen(chat).await?);
    let change = EditPrivacy { typing: Some(false), ..EditPrivacy::default() };
    edit(&app, &ben, change).await?;
    let ServerEvent::PrivacyChanged { privacy } = of_ben.next().await? else { panic!("it was not told") };
    assert!(!privacy.typing && privacy.presence && privacy.reading);
    for socket in [&mut of_ada, &mut of_ben] {
        socket.send(ClientEvent::Typing { chat }).await?;
        socket.settled().await?;
    }
    let message = app.world.send(&ada.person, chat, "Well?").await?;
    for socket in [&mut of_ada, &mut of_ben] {
        assert_eq!(socket.message().await?, message, "and nothing before it");
    }
    Ok(())
}

#[tokio::test]
async fn who_does_not_show_reading_keeps_it_to_their_own_devices() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    edit(&app, &ben, EditPrivacy { reading: Some(false), ..EditPrivacy::default() }).await?;
    let (mut of_ada, mut of_ben) = (ada.listen(chat).await?, ben.listen(chat).await?);
    let message = app.world.send(&ada.person, chat, "Read this").await?;
    of_ada.message().await?;
    of_ben.message().await?;
    for reader in [&ada, &ben] {
        reader.put(&format!("/chats/{chat}/read"), &json!({ "seq": message.seq })).await?.is(200)?;
    }
    let read = |who: &User| ServerEvent::Read { chat, cursor: ReadCursor { user: who.id, seq: message.seq } };
    assert_eq!(of_ben.next().await?, read(&ben), "his other devices know");
    assert_eq!(of_ada.next().await?, read(&ada));
    let next = app.world.send(&ada.person, chat, "Next").await?;
    assert_eq!((of_ada.message().await?, of_ben.message().await?), (next.clone(), next), "and nothing before it");
    Ok(())
}
