use std::time::Duration;

use anyhow::Result;
use balloond_domain::{
    balloon::{catch, pop, received, sent, withdraw},
    chat::{badges, delete, edit, get, list, mark_read, messages, react, search, send},
    group::{candidates, create, invite, photo_url, remove, remove_photo, rename, set_photo, set_role},
    job,
    leaving::erase,
};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId, UserId,
    balloon::SentState,
    chat::{ChatKind, EditMessage, MarkRead, Message, MessagesQuery, PhotoSize, SendMessage},
    group::{CreateGroup, EditGroup, GroupLine, Invite, Role, SetRole},
    leaving::EraseAccount,
    search::SearchQuery,
};
use balloond_testing::{PASSWORD, TestPerson, World, photo};
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
    assert_eq!(said.iter().map(words).collect::<Vec<_>>(), ["Anybody?", "Ben joined."]);
    let floated = sent(&world.services, ada.viewer, None, None).await?.items.remove(0);
    assert_eq!((floated.state, floated.chat), (SentState::Caught, Some(chat)));
    Ok(())
}

/// What was said, or what happened.
fn words(message: &Message) -> String {
    message.line.as_ref().map_or_else(|| message.body.clone(), GroupLine::words)
}

#[tokio::test]
async fn what_happens_in_a_group_stands_among_its_messages_and_calls_nobody() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let services = &world.services;
    world.send(&ada, chat, "Hello").await?;
    mark_read(services, ben.viewer, chat, MarkRead { seq: 3 }).await?;
    for title in ["Watches", "Watches"] {
        rename(services, ada.viewer, chat, &EditGroup { title: title.to_owned() }).await?;
    }
    set_role(services, ada.viewer, chat, ben.id, SetRole { role: Role::Moderator }).await?;
    remove(services, ben.viewer, chat, cyd.id).await?;
    set_role(services, ada.viewer, chat, ben.id, SetRole { role: Role::Owner }).await?;
    let page = messages(services, ben.viewer, chat, MessagesQuery::default()).await?;
    let said = ["Ben joined.", "Cyd joined.", "Hello", "Ada named the group “Watches”.", "Ben removed Cyd."];
    let handed = "Ada handed the group over to Ben.";
    assert_eq!(page.items.iter().map(words).collect::<Vec<_>>(), [&said[..], &[handed]].concat());
    assert!(page.items.iter().map(|message| message.seq).eq(1..=6) && page.head == 6, "in one order with what is said");
    let summary = get(services, ben.viewer, chat).await?.summary;
    assert_eq!((summary.unread, summary.last_message.map(|last| words(&last)).as_deref()), (0, Some(handed)));
    assert_eq!(badges(services, ben.viewer).await?.chats, 0);
    let sought = SearchQuery { q: "named".to_owned(), ..SearchQuery::default() };
    assert_eq!(search(services, ben.viewer, &sought).await?.items, []);

    let line = page.items[3].clone();
    let text = EditMessage { body: "No".to_owned() };
    assert_eq!(refused(edit(services, ada.viewer, chat, line.id, &text).await), Some(ErrorCode::MessageGone));
    assert_eq!(refused(react(services, ada.viewer, chat, line.id, "👍", true).await), Some(ErrorCode::MessageGone));
    assert_eq!(delete(services, ben.viewer, chat, line.id).await?, line, "it stays");
    let answer = SendMessage { client_id: ClientId::new(), body: "To that".to_owned(), reply_to: Some(line.id) };
    assert_eq!(faults(send(services, ada.viewer, chat, &answer).await), ["reply_to: not_found"]);
    Ok(())
}

#[tokio::test]
async fn whoever_is_erased_is_named_in_no_line() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    set_role(&world.services, ada.viewer, chat, ben.id, SetRole { role: Role::Moderator }).await?;
    remove(&world.services, ben.viewer, chat, cyd.id).await?;
    for person in [&ben, &cyd] {
        let password = EraseAccount { password: PASSWORD.to_owned() };
        erase(&world.services, person.viewer, &password).await?;
    }
    let items = messages(&world.services, ada.viewer, chat, MessagesQuery::default()).await?.items;
    let said = ["Somebody joined.", "Somebody joined.", "Somebody removed Somebody."];
    assert_eq!(items.iter().map(words).collect::<Vec<_>>(), said);
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

#[tokio::test]
async fn a_groups_photo_is_seen_by_its_members_and_changed_by_those_who_may() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, cyd, chat) = three(&world).await?;
    let services = &world.services;
    let upload = || photo::jpeg(300, 200).into();
    assert_eq!(refused(set_photo(services, ben.viewer, chat, upload()).await), Some(ErrorCode::Forbidden));
    assert_eq!(refused(photo_url(services, ben.viewer, chat, PhotoSize::Small).await), Some(ErrorCode::NotFound));
    assert_eq!(faults(set_photo(services, ada.viewer, chat, "no photo".into()).await), ["photo: not_a_photo"]);
    let first = set_photo(services, ada.viewer, chat, upload()).await?.summary.photo;
    let http = reqwest::Client::builder().no_proxy().build()?;
    for size in [PhotoSize::Small, PhotoSize::Large] {
        let found = http.get(photo_url(services, ben.viewer, chat, size).await?).send().await?;
        assert_eq!((found.status().as_u16(), found.headers()["content-type"].to_str()?), (200, "image/webp"));
    }
    assert_eq!(list(services, ben.viewer, None, None).await?.items[0].photo, first);
    let second = set_photo(services, ada.viewer, chat, upload()).await?.summary.photo;
    assert!(first.is_some() && second.is_some() && first != second);
    job::run_due(services, &world.config).await?;
    let files = async || world.files_under(&format!("chats/{chat}/")).await;
    assert_eq!(files().await?.len(), 2, "the first one's files are gone");

    remove(services, cyd.viewer, chat, cyd.id).await?;
    for person in [&cyd, &world.person("Dee").await?] {
        let tried = [
            refused(photo_url(services, person.viewer, chat, PhotoSize::Large).await),
            refused(set_photo(services, person.viewer, chat, upload()).await),
            refused(remove_photo(services, person.viewer, chat).await),
        ];
        assert_eq!(tried, [Some(ErrorCode::NotFound); 3]);
    }
    assert_eq!(refused(remove_photo(services, ben.viewer, chat).await), Some(ErrorCode::Forbidden));
    for _ in 0..2 {
        assert_eq!(remove_photo(services, ada.viewer, chat).await?.summary.photo, None);
    }
    job::run_due(services, &world.config).await?;
    assert_eq!(files().await?.len(), 0);
    let items = messages(services, ada.viewer, chat, MessagesQuery::default()).await?.items;
    let said = [
        "Ada changed the group’s photo.",
        "Ada changed the group’s photo.",
        "Cyd left.",
        "Ada took the group’s photo away.",
    ];
    assert_eq!(items[2..].iter().map(words).collect::<Vec<_>>(), said);
    Ok(())
}

#[tokio::test]
async fn the_sweep_leaves_a_groups_photo_alone() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, _, chat) = three(&world).await?;
    set_photo(&world.services, ada.viewer, chat, photo::jpeg(40, 30).into()).await?;
    // As if it were a year old: an id tells its age.
    let old = "00f00000-0000-7000-8000-000000000000";
    let id: MessageId = old.parse()?;
    world.services.storage.put_chat_photo(chat, id, b"a", b"b").await?;
    world.execute(&format!("UPDATE chats SET photo_id = '{old}' WHERE id = '{chat}'")).await?;
    job::drain(&world.services, &world.config, Duration::from_secs(20)).await?;
    let files = world.files_under(&format!("chats/{chat}/")).await?;
    assert_eq!(files.iter().filter(|file| file.contains(old)).count(), 2, "{files:?}");
    Ok(())
}
