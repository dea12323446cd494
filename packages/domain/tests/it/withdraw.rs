use anyhow::Result;
use balloond_domain::{
    balloon::{catch, received, sent, withdraw},
    chat,
};
use balloond_shared::{BalloonId, ErrorCode, chat::Badges};
use balloond_testing::World;

use crate::refused;

#[tokio::test]
async fn a_withdrawn_balloon_is_gone_from_both_sides() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    for _ in 0..2 {
        withdraw(&world.services, ada.viewer, balloon.id).await?;
    }
    assert_eq!(sent(&world.services, ada.viewer, None, None).await?.items, []);
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items, []);
    assert_eq!(chat::badges(&world.services, ben.viewer).await?, Badges::default());
    Ok(())
}

#[tokio::test]
async fn only_the_sender_withdraws() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    let balloon = world.float(&ada, &ben).await?;
    for stranger in [&ben, &cyd] {
        assert_eq!(refused(withdraw(&world.services, stranger.viewer, balloon.id).await), Some(ErrorCode::NotFound));
    }
    assert_eq!(refused(withdraw(&world.services, ada.viewer, BalloonId::new()).await), Some(ErrorCode::NotFound));
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_caught_is_not_withdrawn() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    let chat = catch(&world.services, ben.viewer, balloon.id).await?;
    assert_eq!(refused(withdraw(&world.services, ada.viewer, balloon.id).await), Some(ErrorCode::BalloonGone));
    assert_eq!(chat::get(&world.services, ben.viewer, chat.summary.id).await?, chat);
    Ok(())
}
