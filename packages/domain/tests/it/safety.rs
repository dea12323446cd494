//! Keeping others, words and looks away.

use anyhow::Result;
use balloond_domain::{
    balloon::{self, Standing, catch, float, received, sent, standing},
    chat, people, profile,
    safety::{self, block, blocks, edit, unblock},
};
use balloond_shared::{
    ClientId, ErrorCode, UserId,
    balloon::FloatBalloon,
    chat::{Badges, MarkRead, MessagesQuery, SendMessage},
    people::PeopleQuery,
    safety::{EditSafety, Safety},
};
use balloond_testing::{TestPerson, World};

use crate::{faults, refused};

async fn listed(world: &World, by: &TestPerson) -> Result<Vec<UserId>> {
    let page = people::search(&world.services, by.viewer, &PeopleQuery::default()).await?;
    Ok(page.items.into_iter().map(|person| person.id).collect())
}

fn to(person: &TestPerson, note: &str) -> FloatBalloon {
    FloatBalloon { to: person.id, note: note.to_owned() }
}

#[tokio::test]
async fn a_block_parts_two_people_on_every_path() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    // In the cache before the block.
    profile::profile(&world.services, ben.viewer, ada.id).await?;
    for _ in 0..2 {
        block(&world.services, ada.viewer, ben.id).await?;
    }
    for (one, other) in [(&ada, &ben), (&ben, &ada)] {
        let (services, viewer) = (&world.services, one.viewer);
        let send = SendMessage { client_id: ClientId::new(), body: "Hello?".to_owned(), reply_to: None };
        assert_eq!(refused(profile::profile(services, viewer, other.id).await), Some(ErrorCode::NotFound));
        assert_eq!(refused(float(services, viewer, &to(other, "Hi")).await).map(|code| code.status() / 100), Some(4));
        assert_eq!(refused(chat::get(services, viewer, chat).await), Some(ErrorCode::NotFound));
        assert_eq!(
            refused(chat::messages(services, viewer, chat, MessagesQuery::default()).await),
            Some(ErrorCode::NotFound)
        );
        assert_eq!(refused(chat::send(services, viewer, chat, &send).await), Some(ErrorCode::NotFound));
        assert_eq!(
            refused(chat::mark_read(services, viewer, chat, MarkRead { seq: 1 }).await),
            Some(ErrorCode::NotFound)
        );
        assert_eq!(
            refused(chat::typing(services, viewer, chat, balloond_shared::privacy::Privacy::default()).await),
            Some(ErrorCode::NotFound)
        );
        assert_eq!(chat::list(services, viewer, None, None).await?.items, []);
        assert_eq!(chat::standing(services, one.id).await?.chats, []);
        assert_eq!(chat::badges(services, viewer).await?, Badges::default());
        assert_eq!(sent(services, viewer, None, None).await?.items, []);
        assert_eq!(listed(&world, one).await?, [cyd.id]);
    }
    assert!(profile::profile(&world.services, cyd.viewer, ada.id).await.is_ok(), "nobody else is concerned");
    let page = blocks(&world.services, ada.viewer, None, None).await?;
    assert_eq!(page.items.iter().map(|block| block.user).collect::<Vec<_>>(), [ben.id]);
    assert_eq!(blocks(&world.services, ben.viewer, None, None).await?.items, []);
    Ok(())
}

#[tokio::test]
async fn taken_back_a_block_leaves_the_chat_as_it_was() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    world.send(&ben, chat, "One more").await?;
    let before = chat::get(&world.services, ada.viewer, chat).await?;
    block(&world.services, ada.viewer, ben.id).await?;
    block(&world.services, ben.viewer, ada.id).await?;
    unblock(&world.services, ada.viewer, ben.id).await?;
    assert_eq!(refused(chat::get(&world.services, ada.viewer, chat).await), Some(ErrorCode::NotFound), "his stands");
    for _ in 0..2 {
        unblock(&world.services, ben.viewer, ada.id).await?;
    }
    assert_eq!(chat::get(&world.services, ada.viewer, chat).await?, before);
    world.send(&ada, chat, "Hello again").await?;
    assert_eq!(chat::badges(&world.services, ben.viewer).await?.chats, 1);
    Ok(())
}

#[tokio::test]
async fn what_waited_between_them_is_gone_and_stays_so() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    let (to_ada, to_cyd) = (world.float(&ben, &ada).await?, world.float(&ada, &cyd).await?);
    block(&world.services, ada.viewer, ben.id).await?;
    block(&world.services, ada.viewer, cyd.id).await?;
    assert_eq!(received(&world.services, ada.viewer, None, None).await?.items, []);
    assert_eq!(received(&world.services, cyd.viewer, None, None).await?.items, []);
    assert_eq!(
        sent(&world.services, ben.viewer, None, None).await?.items,
        std::slice::from_ref(&to_ada),
        "he learns nothing"
    );
    assert_eq!(refused(catch(&world.services, ada.viewer, to_ada.id).await), Some(ErrorCode::BalloonGone));
    assert_eq!(refused(catch(&world.services, cyd.viewer, to_cyd.id).await), Some(ErrorCode::NotFound));
    let again = float(&world.services, ben.viewer, &to(&ada, "Once more")).await;
    assert_eq!(refused(again), Some(ErrorCode::AlreadyFloated), "as with any balloon");
    unblock(&world.services, ada.viewer, ben.id).await?;
    assert_eq!(received(&world.services, ada.viewer, None, None).await?.items, []);
    assert_eq!(standing(&world.services, ben.viewer, ada.id).await?, Standing::Floated);
    Ok(())
}

#[tokio::test]
async fn a_block_and_a_balloon_at_once_leave_no_balloon() -> Result<()> {
    let world = World::new().await?;
    for _ in 0..5 {
        let (ada, ben) = world.two().await?;
        let note = to(&ada, "Hi");
        let (blocked, _) =
            tokio::join!(block(&world.services, ada.viewer, ben.id), float(&world.services, ben.viewer, &note),);
        blocked?;
        assert_eq!(received(&world.services, ada.viewer, None, None).await?.items, []);
    }
    Ok(())
}

#[tokio::test]
async fn a_block_and_a_catch_at_once_leave_no_open_chat() -> Result<()> {
    let world = World::new().await?;
    for _ in 0..5 {
        let (ada, ben) = world.two().await?;
        let balloon = world.float(&ada, &ben).await?;
        let (blocked, _) =
            tokio::join!(block(&world.services, ada.viewer, ben.id), catch(&world.services, ben.viewer, balloon.id),);
        blocked?;
        assert_eq!(chat::list(&world.services, ben.viewer, None, None).await?.items, []);
        assert_eq!(chat::standing(&world.services, ada.id).await?.chats, []);
    }
    Ok(())
}

#[tokio::test]
async fn oneself_and_nobody_are_not_blocked() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(refused(block(&world.services, ada.viewer, ada.id).await), Some(ErrorCode::Forbidden));
    assert_eq!(refused(block(&world.services, ada.viewer, UserId::new()).await), Some(ErrorCode::NotFound));
    assert_eq!(faults(blocks(&world.services, ada.viewer, Some("x"), None).await), ["cursor: malformed"]);
    assert!(!safety::is_blocked_between(&mut *world.services.database.primary().await?, ada.id, ada.id).await?);
    Ok(())
}

#[tokio::test]
async fn a_hidden_word_keeps_a_balloon_out_and_its_sender_learns_nothing() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    let words = EditSafety { hidden_words: Some(vec!["Crypto".to_owned()]), paused: None };
    let expected = Safety { paused: false, hidden_words: vec!["crypto".to_owned()] };
    assert_eq!(edit(&world.services, ben.viewer, &words).await?, expected);
    assert_eq!(safety::get(&world.services, ben.viewer).await?, expected);
    let kept_out = float(&world.services, ada.viewer, &to(&ben, "Do you like CRYPTO?")).await?;
    let arrived = float(&world.services, cyd.viewer, &to(&ben, "Do you like cryptography?")).await?;
    let waiting = received(&world.services, ben.viewer, None, None).await?.items;
    assert_eq!(waiting.iter().map(|balloon| balloon.id).collect::<Vec<_>>(), [arrived.id]);
    assert_eq!(chat::badges(&world.services, ben.viewer).await?.balloons, 1);
    assert_eq!(sent(&world.services, ada.viewer, None, None).await?.items, std::slice::from_ref(&kept_out));
    assert_eq!(standing(&world.services, ada.viewer, ben.id).await?, Standing::Floated);
    balloon::withdraw(&world.services, ada.viewer, kept_out.id).await?;
    Ok(())
}

#[tokio::test]
async fn on_a_pause_one_is_found_by_those_one_knows_alone() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let (cyd, dee) = (world.person("Cyd").await?, world.person("Dee").await?);
    let pause = |paused| EditSafety { paused: Some(paused), hidden_words: None };
    assert!(edit(&world.services, ada.viewer, &pause(true)).await?.paused);
    assert_eq!(listed(&world, &cyd).await?, [dee.id, ben.id]);
    assert_eq!(refused(profile::profile(&world.services, cyd.viewer, ada.id).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(float(&world.services, cyd.viewer, &to(&ada, "Hi")).await), Some(ErrorCode::NotFound));
    assert!(profile::profile(&world.services, ben.viewer, ada.id).await.is_ok());
    world.send(&ben, chat, "Rest well").await?;
    world.float(&ada, &dee).await?;
    assert!(profile::profile(&world.services, dee.viewer, ada.id).await.is_ok(), "her balloon waits there");
    assert!(profile::profile(&world.services, ada.viewer, ada.id).await.is_ok());
    edit(&world.services, ada.viewer, &pause(false)).await?;
    assert_eq!(listed(&world, &cyd).await?, [dee.id, ben.id, ada.id]);
    Ok(())
}

#[tokio::test]
async fn bad_hidden_words_are_named_and_nothing_given_changes_nothing() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let words = |words: &[&str]| EditSafety {
        hidden_words: Some(words.iter().map(|&word| word.to_owned()).collect()),
        paused: None,
    };
    assert_eq!(
        faults(edit(&world.services, ada.viewer, &words(&["", &"x".repeat(41), "a\0"])).await),
        ["hidden_words: required", "hidden_words: too_long", "hidden_words: not_allowed"]
    );
    assert_eq!(edit(&world.services, ada.viewer, &EditSafety::default()).await?, Safety::default());
    Ok(())
}
