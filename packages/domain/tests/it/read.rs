use anyhow::Result;
use balloond_domain::chat::{get, mark_read};
use balloond_shared::chat::{MarkRead, ReadCursor};
use balloond_testing::World;
use futures_util::future::join_all;

#[tokio::test]
async fn the_cursor_moves_forward_only_and_not_past_the_head() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    for body in ["2", "3", "4"] {
        world.send(&ada, chat, body).await?;
    }
    for (asked, expected) in [(2, 2), (1, 2), (-5, 2), (i64::MIN, 2), (3, 3), (i64::MAX, 4), (0, 4)] {
        let cursor = mark_read(&world.services, ben.viewer, chat, MarkRead { seq: asked }).await?;
        assert_eq!(cursor, ReadCursor { user: ben.id, seq: expected }, "asked for {asked}");
    }
    let chat = get(&world.services, ada.viewer, chat).await?;
    let of = |user| chat.read.iter().find(|cursor| cursor.user == user).map(|cursor| cursor.seq);
    assert_eq!((of(ben.id), of(ada.id)), (Some(4), Some(0)), "each has their own");
    Ok(())
}

#[tokio::test]
async fn of_many_moves_at_once_the_furthest_stands() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    for number in 2..=10 {
        world.send(&ada, chat, &number.to_string()).await?;
    }
    let moves =
        join_all((1..=10).rev().map(|seq| mark_read(&world.services, ben.viewer, chat, MarkRead { seq }))).await;
    moves.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(get(&world.services, ben.viewer, chat).await?.summary.read_seq, 10);
    Ok(())
}
