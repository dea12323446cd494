use anyhow::Result;
use balloond_domain::{
    balloon::{Standing, catch, pop, received, sent, standing, withdraw},
    chat,
};
use balloond_shared::{
    BalloonId, ErrorCode,
    balloon::SentState,
    chat::{ChatKind, MessagesQuery},
};
use balloond_testing::World;
use futures_util::future::join_all;

use crate::refused;

#[tokio::test]
async fn catching_opens_a_chat_that_begins_with_the_note() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    let chat = catch(&world.services, ben.viewer, balloon.id).await?;
    let (id, first) = (chat.summary.id, chat.summary.last_message.clone().expect("the note"));
    assert_eq!((first.sender, first.body.as_str(), first.seq, first.changed_seq), (ada.id, "Hello", 1, 1));
    assert_eq!((chat.summary.kind, chat.summary.head, chat.summary.title.as_str()), (ChatKind::Direct, 1, "Ada"));
    let mut members: Vec<_> = chat.members.iter().map(|member| member.id).collect();
    members.sort();
    assert_eq!(members, [ada.id, ben.id]);

    let page = sent(&world.services, ada.viewer, None, None).await?;
    assert_eq!((page.items[0].state, page.items[0].chat), (SentState::Caught, Some(id)));
    assert_eq!(page.items[0].to.as_ref().map(|to| to.id), Some(ben.id));
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items, []);
    for (one, other) in [(&ada, &ben), (&ben, &ada)] {
        assert_eq!(standing(&world.services, one.viewer, other.id).await?, Standing::Chatting(id));
        assert_eq!(chat::list(&world.services, one.viewer, None, None).await?.items[0].id, id);
    }
    Ok(())
}

#[tokio::test]
async fn catching_again_answers_the_same_chat_and_adds_nothing() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    let first = catch(&world.services, ben.viewer, balloon.id).await?;
    assert_eq!(catch(&world.services, ben.viewer, balloon.id).await?, first);
    world.expire_balloons(&ada).await?;
    assert_eq!(catch(&world.services, ben.viewer, balloon.id).await?, first, "what is caught stays caught");
    Ok(())
}

#[tokio::test]
async fn ten_catches_at_once_make_one_chat_and_one_message() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    let catches = join_all((0..10).map(|_| catch(&world.services, ben.viewer, balloon.id))).await;
    let chats = catches.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert!(chats.iter().all(|chat| chat.summary.id == chats[0].summary.id));
    let messages = chat::messages(&world.services, ada.viewer, chats[0].summary.id, MessagesQuery::default()).await?;
    assert_eq!((messages.items.len(), messages.head), (1, 1));
    assert_eq!(chat::list(&world.services, ben.viewer, None, None).await?.items.len(), 1);
    Ok(())
}

#[tokio::test]
async fn only_the_receiver_catches() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    let balloon = world.float(&ada, &ben).await?;
    for stranger in [&ada, &cyd] {
        assert_eq!(refused(catch(&world.services, stranger.viewer, balloon.id).await), Some(ErrorCode::NotFound));
    }
    assert_eq!(refused(catch(&world.services, ben.viewer, BalloonId::new()).await), Some(ErrorCode::NotFound));
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items.len(), 1, "it still waits");
    Ok(())
}

#[tokio::test]
async fn what_expired_was_popped_or_withdrawn_is_not_caught() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let expired = world.float(&ada, &ben).await?;
    world.expire_balloons(&ada).await?;
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items, []);
    assert_eq!(refused(catch(&world.services, ben.viewer, expired.id).await), Some(ErrorCode::BalloonGone));

    let cyd = world.person("Cyd").await?;
    let popped = world.float(&cyd, &ben).await?;
    pop(&world.services, ben.viewer, popped.id).await?;
    assert_eq!(refused(catch(&world.services, ben.viewer, popped.id).await), Some(ErrorCode::BalloonGone));

    let dee = world.person("Dee").await?;
    let withdrawn = world.float(&dee, &ben).await?;
    withdraw(&world.services, dee.viewer, withdrawn.id).await?;
    assert_eq!(refused(catch(&world.services, ben.viewer, withdrawn.id).await), Some(ErrorCode::NotFound));
    assert_eq!(chat::list(&world.services, ben.viewer, None, None).await?.items, []);
    Ok(())
}

#[tokio::test]
async fn a_catch_and_a_withdrawal_at_once_do_not_both_happen() -> Result<()> {
    let world = World::new().await?;
    for _ in 0..5 {
        let (ada, ben) = world.two().await?;
        let balloon = world.float(&ada, &ben).await?;
        let (caught, withdrawn) = tokio::join!(
            catch(&world.services, ben.viewer, balloon.id),
            withdraw(&world.services, ada.viewer, balloon.id),
        );
        match (refused(caught), refused(withdrawn)) {
            (None, Some(ErrorCode::BalloonGone)) | (Some(ErrorCode::NotFound), None) => {}
            both => panic!("{both:?}"),
        }
    }
    Ok(())
}
