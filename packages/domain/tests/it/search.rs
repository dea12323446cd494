use anyhow::Result;
use balloond_domain::chat::{badges, delete, edit, get, list, mute, search};
use balloond_shared::{
    ChatId, ErrorCode,
    chat::{EditMessage, Mute},
    search::SearchQuery,
};
use balloond_testing::{TestPerson, World};

use crate::{faults, refused};

fn ask(q: &str) -> SearchQuery {
    SearchQuery { q: q.to_owned(), ..SearchQuery::default() }
}

async fn found(world: &World, by: &TestPerson, query: &SearchQuery) -> Result<Vec<String>> {
    let page = search(&world.services, by.viewer, query).await?;
    Ok(page.items.into_iter().map(|found| found.message.body).collect())
}

#[tokio::test]
async fn words_are_found_in_ones_own_chats_the_newest_first() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let other = world.open_chat(&cyd, &ada).await?.summary.id;
    world.send(&ada, chat, "The loud Clock, from Lisbon").await?;
    world.send(&cyd, other, "A clock! Which clock?").await?;
    let everywhere = ["A clock! Which clock?", "The loud Clock, from Lisbon"];
    assert_eq!(found(&world, &ada, &ask("clock")).await?, everywhere);
    assert_eq!(found(&world, &ada, &ask("CLO")).await?, everywhere, "the last word may be a beginning");
    assert_eq!(found(&world, &ada, &ask("lisbon loud")).await?, everywhere[1..]);
    assert_eq!(found(&world, &ada, &ask("lou clock")).await?, Vec::<String>::new());
    assert_eq!(found(&world, &ben, &ask("clock")).await?, everywhere[1..], "only his own chats");
    let one = SearchQuery { chat: Some(other), ..ask("clock") };
    assert_eq!(found(&world, &ada, &one).await?, everywhere[..1]);
    assert_eq!(found(&world, &ben, &one).await?, Vec::<String>::new(), "nothing of a chat that is not his");
    let titles = search(&world.services, ada.viewer, &ask("clock")).await?.items;
    assert_eq!(titles.iter().map(|found| found.title.as_str()).collect::<Vec<_>>(), ["Cyd", "Ben"]);
    Ok(())
}

#[tokio::test]
async fn pages_follow_each_other_and_changes_are_found() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push(world.send(&ada, chat, &format!("word {number}")).await?);
    }
    let first = search(&world.services, ada.viewer, &SearchQuery { limit: Some(3), ..ask("word") }).await?;
    let cursor = first.next.map(|next| next.0);
    assert!(first.items.len() == 3 && cursor.is_some());
    let rest = SearchQuery { cursor, limit: Some(3), ..ask("word") };
    assert_eq!(found(&world, &ada, &rest).await?, ["word 1", "word 0"]);
    edit(&world.services, ada.viewer, chat, sent[0].id, &EditMessage { body: "sentence 0".to_owned() }).await?;
    delete(&world.services, ada.viewer, chat, sent[1].id).await?;
    assert_eq!(found(&world, &ada, &rest).await?, Vec::<String>::new(), "what was deleted is not found");
    assert_eq!(found(&world, &ada, &ask("sentence")).await?, ["sentence 0"]);
    Ok(())
}

#[tokio::test]
async fn a_search_has_words_and_means_nothing_else() -> Result<()> {
    let world = World::new().await?;
    let (ada, ..) = world.chat().await?;
    for (q, fault) in
        [("", "required"), ("!&|", "required"), (&"x".repeat(101), "too_long"), ("a b c d e f g h i", "too_many")]
    {
        assert_eq!(faults(search(&world.services, ada.viewer, &ask(q)).await), [format!("q: {fault}")]);
    }
    let bad = SearchQuery { cursor: Some("x".to_owned()), ..ask("a") };
    assert_eq!(faults(search(&world.services, ada.viewer, &bad).await), ["cursor: malformed"]);
    for hostile in ["'); DROP TABLE messages; --", "a:* & !b <-> (c", "\\ x", "ß🎈x"] {
        search(&world.services, ada.viewer, &ask(hostile)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_muted_chat_calls_nobody_and_keeps_its_count() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let set = async |muted| mute(&world.services, ada.viewer, chat, Mute { muted }).await;
    world.send(&ben, chat, "Psst").await?;
    set(true).await?;
    let listed = list(&world.services, ada.viewer, None, None).await?.items.remove(0);
    assert!(listed.muted && listed.unread == 1);
    assert_eq!(badges(&world.services, ada.viewer).await?.chats, 0);
    assert!(!get(&world.services, ben.viewer, chat).await?.summary.muted, "each has their own");
    set(false).await?;
    set(false).await?;
    assert_eq!(badges(&world.services, ada.viewer).await?.chats, 1);
    let stranger = mute(&world.services, cyd.viewer, chat, Mute { muted: true }).await;
    assert_eq!(refused(stranger), Some(ErrorCode::NotFound));
    let nowhere = mute(&world.services, ada.viewer, ChatId::new(), Mute { muted: true }).await;
    assert_eq!(refused(nowhere), Some(ErrorCode::NotFound));
    Ok(())
}
