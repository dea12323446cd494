use anyhow::Result;
use balloond_domain::chat::{badges, get, list, mark_read};
use balloond_shared::{
    ChatId, ErrorCode,
    chat::{Badges, MAX_UNREAD, MarkRead},
};
use balloond_testing::World;

use crate::{faults, refused};

#[tokio::test]
async fn the_chat_with_the_newest_message_comes_first() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let mut chats = Vec::new();
    for person in world.crowd("Ben", 3).await? {
        chats.push((world.open_chat(&person, &ada).await?.summary.id, person));
    }
    let ids = async || -> Result<Vec<ChatId>> {
        Ok(list(&world.services, ada.viewer, None, None).await?.items.into_iter().map(|chat| chat.id).collect())
    };
    assert_eq!(ids().await?, [chats[2].0, chats[1].0, chats[0].0]);
    world.send(&chats[0].1, chats[0].0, "again").await?;
    assert_eq!(ids().await?, [chats[0].0, chats[2].0, chats[1].0]);
    let page = list(&world.services, ada.viewer, None, Some(2)).await?;
    let cursor = page.next.map(|next| next.0);
    let rest = list(&world.services, ada.viewer, cursor.as_deref(), Some(2)).await?;
    assert_eq!((rest.items[0].id, rest.items.len(), rest.next), (chats[1].0, 1, None));
    assert_eq!(faults(list(&world.services, ada.viewer, Some("x"), None).await), ["cursor: malformed"]);
    Ok(())
}

#[tokio::test]
async fn a_list_shows_the_last_message_and_whom_it_is_with() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let sent = world.send(&ben, chat, "Hi!").await?;
    let of_ada = list(&world.services, ada.viewer, None, None).await?.items.remove(0);
    assert_eq!((of_ada.title.as_str(), of_ada.with.as_ref().map(|with| with.id)), ("Ben", Some(ben.id)));
    assert_eq!((of_ada.head, of_ada.last_message.as_ref()), (2, Some(&sent)));
    let whole = get(&world.services, ada.viewer, chat).await?;
    assert_eq!((whole.summary, whole.members.len(), whole.read.len()), (of_ada, 2, 2));
    Ok(())
}

#[tokio::test]
async fn what_others_wrote_and_one_did_not_read_is_unread() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let unread = async |person: &balloond_testing::TestPerson| -> Result<i64> {
        Ok(get(&world.services, person.viewer, chat).await?.summary.unread)
    };
    assert_eq!((unread(&ada).await?, unread(&ben).await?), (0, 0), "one wrote the note, the other caught it");
    for body in ["one", "two", "three"] {
        world.send(&ben, chat, body).await?;
    }
    assert_eq!((unread(&ada).await?, unread(&ben).await?), (3, 0));
    assert_eq!(badges(&world.services, ada.viewer).await?, Badges { balloons: 0, chats: 1 });
    mark_read(&world.services, ada.viewer, chat, MarkRead { seq: 3 }).await?;
    assert_eq!(unread(&ada).await?, 1);
    mark_read(&world.services, ada.viewer, chat, MarkRead { seq: 4 }).await?;
    assert_eq!(unread(&ada).await?, 0);
    assert_eq!(badges(&world.services, ada.viewer).await?, Badges::default());
    Ok(())
}

#[tokio::test]
async fn counting_what_is_unread_stops_at_many() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    for number in 0..MAX_UNREAD + 5 {
        world.send(&ben, chat, &number.to_string()).await?;
    }
    assert_eq!(list(&world.services, ada.viewer, None, None).await?.items[0].unread, MAX_UNREAD);
    Ok(())
}

#[tokio::test]
async fn a_stranger_finds_no_chat() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    assert_eq!(refused(get(&world.services, cyd.viewer, chat).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(get(&world.services, ada.viewer, ChatId::new()).await), Some(ErrorCode::NotFound));
    assert_eq!(list(&world.services, cyd.viewer, None, None).await?.items, []);
    Ok(())
}
