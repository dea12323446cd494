use anyhow::Result;
use balloond_domain::{
    chat::{get, join, mark_read, messages},
    privacy::{edit, get as settings},
};
use balloond_shared::{
    ErrorCode,
    chat::{MarkRead, MessagesQuery, ReadCursor},
    privacy::{EditPrivacy, Privacy},
};
use balloond_testing::World;

use crate::refused;

#[tokio::test]
async fn everything_is_shown_until_one_says_no() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(settings(&world.services, ada.viewer).await?, Privacy::default());
    let change = EditPrivacy { typing: Some(false), ..EditPrivacy::default() };
    let expected = Privacy { typing: false, ..Privacy::default() };
    assert_eq!(edit(&world.services, ada.viewer, change).await?, expected);
    assert_eq!(edit(&world.services, ada.viewer, EditPrivacy::default()).await?, expected, "what is absent stays");
    assert_eq!(settings(&world.services, ada.viewer).await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_cursor_is_seen_where_both_show_theirs() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    world.send(&ada, chat, "2").await?;
    for person in [&ada, &ben] {
        mark_read(&world.services, person.viewer, chat, MarkRead { seq: 2 }).await?;
    }
    let own = |user| vec![ReadCursor { user, seq: 2 }];
    for (hides, shows) in [(true, false), (false, true)] {
        let reading = |on| EditPrivacy { reading: Some(on), ..EditPrivacy::default() };
        edit(&world.services, ada.viewer, reading(!hides)).await?;
        edit(&world.services, ben.viewer, reading(!shows)).await?;
        for person in [&ada, &ben] {
            assert_eq!(get(&world.services, person.viewer, chat).await?.read, own(person.id));
            let page = messages(&world.services, person.viewer, chat, MessagesQuery::default()).await?;
            assert_eq!(page.read, own(person.id));
        }
        edit(&world.services, ada.viewer, reading(true)).await?;
        edit(&world.services, ben.viewer, reading(true)).await?;
        assert_eq!(get(&world.services, ada.viewer, chat).await?.read.len(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn only_a_member_joins() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    assert_eq!(refused(join(&world.services, cyd.viewer, chat, 0).await), Some(ErrorCode::NotFound));
    let (messages, mut members) = join(&world.services, ada.viewer, chat, 0).await?;
    members.sort_unstable();
    assert_eq!((messages.items.len(), members), (1, vec![ada.id, ben.id]));
    Ok(())
}
