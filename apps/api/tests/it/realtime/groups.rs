//! What a group's sockets hear, and what those hear who are not in it any more.

use anyhow::Result;
use balloond_domain::{balloon, group};
use balloond_shared::{
    ChatId,
    event::ServerEvent,
    group::{CreateGroup, EditGroup, Invite},
};
use balloond_testing::RedisServer;

use crate::{app::TestApp, client::User};

/// Ada's group with Ben in it.
async fn group_of_two(app: &TestApp) -> Result<(User, User, ChatId)> {
    let (ada, ben, _) = app.chat().await?;
    let request = CreateGroup { title: "Clocks".to_owned(), invite: Vec::new() };
    let chat = group::create(&app.world.services, ada.person.viewer, &request).await?.summary.id;
    let invitation = group::invite(&app.world.services, ada.person.viewer, chat, Invite { to: ben.id }).await?;
    balloon::catch(&app.world.services, ben.person.viewer, invitation.id).await?;
    Ok((ada, ben, chat))
}

#[tokio::test]
async fn an_invitation_is_heard_as_a_balloon_and_opens_the_group_when_it_is_caught() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, _) = app.chat().await?;
    let request = CreateGroup { title: "Clocks".to_owned(), invite: Vec::new() };
    let (mut of_ada, mut of_ben) = (ada.connect().await?, other.user(ben.person.clone()).connect().await?);
    let chat = group::create(&app.world.services, ada.person.viewer, &request).await?.summary.id;
    assert_eq!(of_ada.next().await?, ServerEvent::ChatOpened { chat });
    of_ada.subscribe(chat, 0).await?;
    let invitation = group::invite(&app.world.services, ada.person.viewer, chat, Invite { to: ben.id }).await?;
    let ServerEvent::Balloon { balloon: heard } = of_ben.next().await? else { panic!("no balloon") };
    assert_eq!(heard.group.map(|group| group.title).as_deref(), Some("Clocks"));
    balloon::catch(&app.world.services, ben.person.viewer, invitation.id).await?;
    assert_eq!(of_ben.next().await?, ServerEvent::ChatOpened { chat });
    assert_eq!(of_ben.next().await?, ServerEvent::BalloonGone { balloon: invitation.id });
    assert_eq!(of_ada.next().await?, ServerEvent::ChatOpened { chat });
    assert_eq!(of_ada.next().await?, ServerEvent::ChatChanged { chat });
    assert_eq!(of_ben.next().await?, ServerEvent::ChatChanged { chat }, "though he did not subscribe");
    assert_eq!(of_ada.message().await?.line.map(|line| line.words()).as_deref(), Some("Ben joined."));
    assert_eq!(of_ben.next().await?, ServerEvent::Activity { chat, seq: 1, sender: ben.id });
    app.world.send(&ada.person, chat, "Welcome").await?;
    assert_eq!(of_ben.next().await?, ServerEvent::Activity { chat, seq: 2, sender: ada.id });
    Ok(())
}

#[tokio::test]
async fn who_is_removed_hears_no_more_on_any_process() -> Result<()> {
    let app = TestApp::start().await?;
    let (other, third) = (app.another().await?, app.another().await?);
    let (ada, ben, chat) = group_of_two(&app).await?;
    let mut sockets = [
        ben.listen(chat).await?,
        other.user(ben.person.clone()).listen(chat).await?,
        third.user(ben.person.clone()).connect().await?,
    ];
    let mut stays = third.user(ada.person.clone()).listen(chat).await?;
    ada.delete(&format!("/chats/{chat}/members/{}", ben.id)).await?.is(204)?;
    let said = app.world.send(&ada.person, chat, "Between us").await?;
    assert_eq!(stays.next().await?, ServerEvent::ChatChanged { chat });
    assert_eq!(stays.message().await?.line.map(|line| line.words()).as_deref(), Some("Ada removed Ben."));
    assert_eq!(stays.message().await?, said);
    let cyd = app.person("Cyd").await?;
    let balloon = app.world.float(&cyd.person, &ben.person).await?;
    for socket in &mut sockets {
        assert_eq!(socket.next().await?, ServerEvent::ChatClosed { chat });
        let ServerEvent::Balloon { balloon: heard } = socket.next().await? else { panic!("he heard of the group") };
        assert_eq!(heard.id, balloon.id);
    }
    Ok(())
}

#[tokio::test]
async fn who_is_removed_while_redis_is_away_hears_no_more_either() -> Result<()> {
    let mut redis = RedisServer::start()?;
    let app = TestApp::start_with(&[("REDIS_URL", &redis.url())]).await?;
    let (ada, ben, chat) = group_of_two(&app).await?;
    let (mut gone, mut stays) = (ben.listen(chat).await?, ada.listen(chat).await?);
    redis.kill()?;
    ada.delete(&format!("/chats/{chat}/members/{}", ben.id)).await?.is(204)?;
    let said = app.world.send(&ada.person, chat, "Between us").await?;
    assert_eq!(stays.message().await?.line.map(|line| line.words()).as_deref(), Some("Ada removed Ben."));
    assert_eq!(stays.message().await?, said);
    assert_eq!(gone.next().await?, ServerEvent::ChatClosed { chat });

    redis.run()?;
    app.until_it_hears().await?;
    stays.resynced().await?;
    let said = app.world.send(&ada.person, chat, "Still between us").await?;
    assert_eq!(stays.message().await?, said);
    let balloon = app.world.float(&app.person("Cyd").await?.person, &ben.person).await?;
    let ServerEvent::Balloon { balloon: heard } = gone.next().await? else { panic!("he heard of the group") };
    assert_eq!(heard.id, balloon.id);
    Ok(())
}

#[tokio::test]
async fn a_new_title_is_told_to_all() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = group_of_two(&app).await?;
    let (mut subscribed, mut elsewhere) = (ben.listen(chat).await?, ben.connect().await?);
    let title = EditGroup { title: "Watches".to_owned() };
    group::rename(&app.world.services, ada.person.viewer, chat, &title).await?;
    assert_eq!(subscribed.next().await?, ServerEvent::ChatChanged { chat });
    assert_eq!(elsewhere.next().await?, ServerEvent::ChatChanged { chat });
    Ok(())
}
