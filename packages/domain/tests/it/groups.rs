use anyhow::Result;
use balloond_domain::{
    balloon::{catch, pop, received, sent, withdraw},
    chat::{badges, delete, get, list, messages},
    group::{candidates, create, invite, remove, rename, set_role},
};
use balloond_shared::{
    ChatId, ErrorCode, UserId,
    balloon::SentState,
    chat::{ChatKind, MessagesQuery},
    group::{CreateGroup, EditGroup, Invite, Role, SetRole},
};
use balloond_testing::{TestPerson, World};
use futures_util::future::join_all;

use crate::{faults, refused};

fn clocks(invite: &[&TestPerson]) -> CreateGroup {
    CreateGroup { title: "Clocks".to_owned(), invite: invite.iter().map(|person| person.id).collect() }
}

/// Lets somebody into a group: its owner invites, they catch.
async fn let_in(world: &World, owner: &TestPerson, chat: ChatId, person: &TestPerson) -> Result<()> {
    let invitation = invite(&world.services, owner.viewer, chat, Invite { to: person.id }).await?;
    catch(&world.services, person.viewer, invitation.id).await?;
    Ok(())
}

/// Ada, Ben and Cyd, each of whom talks to Ada, in Ada's group.
async fn three(world: &World) -> Result<(TestPerson, TestPerson, TestPerson, ChatId)> {
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    world.open_chat(&ada, &ben).await?;
    world.open_chat(&ada, &cyd).await?;
    let chat = create(&world.services, ada.viewer, &clocks(&[])).await?.summary.id;
    let_in(world, &ada, chat, &ben).await?;
    let_in(world, &ada, chat, &cyd).await?;
    Ok((ada, ben, cyd, chat))
}

async fn role(world: &World, by: &TestPerson, chat: ChatId, of: UserId) -> Result<Option<Role>> {
    let chat = get(&world.services, by.viewer, chat).await?;
    Ok(chat.roles.iter().find(|member| member.user == of).map(|member| member.role))
}

#[tokio::test]
async fn a_group_begins_with_its_owner_and_whoever_catches_comes_in() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = world.chat().await?;
    let group = create(&world.services, ada.viewer, &clocks(&[&ben])).await?;
    let chat = group.summary.id;
    assert_eq!((group.summary.kind, group.summary.title.as_str(), group.members.len()), (ChatKind::Group, "Clocks", 1));
    assert_eq!(refused(get(&world.services, ben.viewer, chat).await), Some(ErrorCode::NotFound), "invited is not in");
    world.send(&ada, chat, "Anybody?").await?;
    assert_eq!(badges(&world.services, ben.viewer).await?.balloons, 1);
    let invitation = received(&world.services, ben.viewer, None, None).await?.items.remove(0);
    let group = invitation.group.clone().unwrap();
    assert_eq!((group.id, group.title.as_str(), invitation.from.id), (chat, "Clocks", ada.id));
    let caught = catch(&world.services, ben.viewer, invitation.id).await?;
    assert_eq!((caught.summary.id, caught.members.len(), caught.summary.unread), (chat, 2, 0));
    assert_eq!(catch(&world.services, ben.viewer, invitation.id).await?.summary.id, chat, "a repeat finds the same");
    let said = messages(&world.services, ben.viewer, chat, MessagesQuery::default()).await?.items;
    assert_eq!(said.len(), 1, "nothing was said by coming in");
    let floated = sent(&world.services, ada.viewer, None, None).await?.items.remove(0);
    assert_eq!((floated.state, floated.chat), (SentState::Caught, Some(chat)));
    Ok(())
}

#[tokio::test]
async fn a_popped_invitation_looks_like_one_that_waits() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = world.chat().await?;
    let chat = create(&world.services, ada.viewer, &clocks(&[&ben])).await?.summary.id;
    let floating = sent(&world.services, ada.viewer, None, None).await?;
    let id = received(&world.services, ben.viewer, None, None).await?.items[0].id;
    let again = async || refused(invite(&world.services, ada.viewer, chat, Invite { to: ben.id }).await);
    assert_eq!(again().await, Some(ErrorCode::AlreadyInvited));
    pop(&world.services, ben.viewer, id).await?;
    assert_eq!(sent(&world.services, ada.viewer, None, None).await?, floating);
    assert_eq!(again().await, Some(ErrorCode::AlreadyInvited));
    assert_eq!(refused(catch(&world.services, ben.viewer, id).await), Some(ErrorCode::BalloonGone));
    withdraw(&world.services, ada.viewer, id).await?;
    assert_eq!(again().await, Some(ErrorCode::AlreadyInvited), "to take it back tells nothing either");
    world.execute("UPDATE balloons SET sent_at = sent_at - interval '30 days'").await?;
    let_in(&world, &ada, chat, &ben).await
}

#[tokio::test]
async fn only_people_one_talks_to_can_be_invited() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = world.chat().await?;
    let stranger = world.person("Cyd").await?;
    let refused_create = create(&world.services, ada.viewer, &clocks(&[&ben, &stranger])).await;
    assert_eq!(faults(refused_create), ["invite: not_allowed"]);
    assert_eq!(list(&world.services, ada.viewer, None, None).await?.items.len(), 1, "nothing was made");
    for person in [&ada, &stranger] {
        let oneself = create(&world.services, ada.viewer, &clocks(&[person])).await;
        assert_eq!(faults(oneself), ["invite: not_allowed"]);
    }
    let chat = create(&world.services, ada.viewer, &clocks(&[])).await?.summary.id;
    for nobody in [stranger.id, UserId::new()] {
        assert_eq!(faults(invite(&world.services, ada.viewer, chat, Invite { to: nobody }).await), ["to: not_allowed"]);
    }
    let found = candidates(&world.services, ada.viewer, Some(chat)).await?;
    assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), [ben.id]);
    let_in(&world, &ada, chat, &ben).await?;
    assert_eq!(candidates(&world.services, ada.viewer, Some(chat)).await?, []);
    let twice = invite(&world.services, ada.viewer, chat, Invite { to: ben.id }).await;
    assert_eq!(refused(twice), Some(ErrorCode::AlreadyMember));
    Ok(())
}

#[tokio::test]
async fn titles_have_1_to_80_characters() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _, chat) = three(&world).await?;
    for (title, fault) in [(" ", "required"), (&"x".repeat(81), "too_long"), ("a\nb", "not_allowed")] {
        let title = title.to_owned();
        let request = CreateGroup { title: title.clone(), invite: vec![] };
        assert_eq!(faults(create(&world.services, ada.viewer, &request).await), [format!("title: {fault}")]);
        let renamed = rename(&world.services, ada.viewer, chat, &EditGroup { title }).await;
        assert_eq!(faults(renamed), [format!("title: {fault}")]);
    }
    rename(&world.services, ada.viewer, chat, &EditGroup { title: " Watches ".to_owned() }).await?;
    assert_eq!(get(&world.services, ben.viewer, chat).await?.summary.title, "Watches");
    Ok(())
}

#[tokio::test]
async fn who_may_do_what_follows_from_the_role() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let stranger = world.person("Dee").await?;
    let services = &world.services;
    let title = EditGroup { title: "Mine".to_owned() };
    let mean = world.send(&cyd, chat, "Something mean").await?;
    for (person, code) in [(&ben, ErrorCode::Forbidden), (&stranger, ErrorCode::NotFound)] {
        let viewer = person.viewer;
        let tried = [
            refused(rename(services, viewer, chat, &title).await),
            refused(invite(services, viewer, chat, Invite { to: ada.id }).await),
            refused(remove(services, viewer, chat, cyd.id).await),
            refused(set_role(services, viewer, chat, cyd.id, SetRole { role: Role::Owner }).await),
            refused(delete(services, viewer, chat, mean.id).await),
        ];
        assert_eq!(tried, [Some(code); 5]);
    }
    set_role(services, ada.viewer, chat, ben.id, SetRole { role: Role::Moderator }).await?;
    rename(services, ben.viewer, chat, &title).await?;
    assert!(delete(services, ben.viewer, chat, mean.id).await?.deleted, "moderators delete what others wrote");
    assert_eq!(refused(remove(services, ben.viewer, chat, ada.id).await), Some(ErrorCode::Forbidden));
    let to_moderate = SetRole { role: Role::Moderator };
    assert_eq!(refused(set_role(services, ben.viewer, chat, cyd.id, to_moderate).await), Some(ErrorCode::Forbidden));
    remove(services, ben.viewer, chat, cyd.id).await?;
    assert_eq!(
        refused(remove(services, ben.viewer, chat, cyd.id).await),
        Some(ErrorCode::NotFound),
        "a repeat finds nobody"
    );
    assert_eq!(refused(set_role(services, ada.viewer, chat, ada.id, to_moderate).await), Some(ErrorCode::Forbidden));
    Ok(())
}

#[tokio::test]
async fn an_owner_hands_over_before_leaving() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let services = &world.services;
    assert_eq!(refused(remove(services, ada.viewer, chat, ada.id).await), Some(ErrorCode::HandOverFirst));
    set_role(services, ada.viewer, chat, ben.id, SetRole { role: Role::Owner }).await?;
    assert_eq!(role(&world, &ben, chat, ben.id).await?, Some(Role::Owner));
    assert_eq!(role(&world, &ben, chat, ada.id).await?, Some(Role::Moderator));
    remove(services, ada.viewer, chat, ada.id).await?;
    remove(services, cyd.viewer, chat, cyd.id).await?;
    remove(services, ben.viewer, chat, ben.id).await?;
    assert_eq!(world.value("SELECT count(*)::text AS value FROM chat_members WHERE role = 'owner'").await?, "0");
    Ok(())
}

#[tokio::test]
async fn who_left_reads_and_writes_nothing_and_their_invitations_are_gone() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let dee = world.person("Dee").await?;
    world.open_chat(&ben, &dee).await?;
    set_role(&world.services, ada.viewer, chat, ben.id, SetRole { role: Role::Moderator }).await?;
    invite(&world.services, ben.viewer, chat, Invite { to: dee.id }).await?;
    remove(&world.services, ada.viewer, chat, ben.id).await?;
    assert_eq!(received(&world.services, dee.viewer, None, None).await?.items, []);
    world.send(&cyd, chat, "Are they gone?").await?;
    assert_eq!(refused(get(&world.services, ben.viewer, chat).await), Some(ErrorCode::NotFound));
    let read = messages(&world.services, ben.viewer, chat, MessagesQuery::default()).await;
    assert_eq!(refused(read), Some(ErrorCode::NotFound));
    assert!(world.send(&ben, chat, "No").await.is_err());
    assert_eq!(list(&world.services, ben.viewer, None, None).await?.items.len(), 2, "their own two");
    Ok(())
}

#[tokio::test]
async fn a_direct_chat_is_no_group() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let services = &world.services;
    let tried = [
        refused(rename(services, ada.viewer, chat, &EditGroup { title: "x".to_owned() }).await),
        refused(invite(services, ada.viewer, chat, Invite { to: ben.id }).await),
        refused(remove(services, ada.viewer, chat, ada.id).await),
        refused(remove(services, ada.viewer, chat, ben.id).await),
        refused(set_role(services, ada.viewer, chat, ben.id, SetRole { role: Role::Owner }).await),
    ];
    assert_eq!(tried, [Some(ErrorCode::Forbidden); 5]);
    Ok(())
}

#[tokio::test]
async fn a_full_group_lets_nobody_in_not_even_two_at_once() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let dee = world.person("Dee").await?;
    world.open_chat(&ada, &dee).await?;
    remove(&world.services, cyd.viewer, chat, cyd.id).await?;
    world
        .execute(&format!(
            "INSERT INTO users (id, email, password_hash, name, age, age_given_on)
             SELECT gen_random_uuid(), 'm' || n || '@example.com', '!', 'M', 30, now() FROM generate_series(1, 97) AS n;
             INSERT INTO chat_members (chat_id, user_id) SELECT '{chat}', id FROM users WHERE name = 'M';
             UPDATE balloons SET sent_at = sent_at - interval '31 days' WHERE to_id = '{}'",
            cyd.id
        ))
        .await?;
    let invited = [
        (&cyd, invite(&world.services, ada.viewer, chat, Invite { to: cyd.id }).await?),
        (&dee, invite(&world.services, ada.viewer, chat, Invite { to: dee.id }).await?),
    ];
    let caught =
        join_all(invited.iter().map(|(person, balloon)| catch(&world.services, person.viewer, balloon.id))).await;
    let codes: Vec<_> = caught.into_iter().map(refused).collect();
    assert!(codes.contains(&None) && codes.contains(&Some(ErrorCode::GroupFull)), "{codes:?}");
    assert_eq!(get(&world.services, ben.viewer, chat).await?.members.len(), 100);
    Ok(())
}
