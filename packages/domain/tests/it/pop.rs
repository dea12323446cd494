use anyhow::Result;
use balloond_domain::{
    balloon::{Standing, budget_left, catch, float, pop, received, sent, standing, withdraw},
    chat,
    people::search,
};
use balloond_shared::{
    BalloonId, ErrorCode, balloon::FloatBalloon, balloon::SentState, chat::Badges, people::PeopleQuery,
};
use balloond_testing::{TestPerson, World};

use crate::refused;

#[tokio::test]
async fn a_popped_balloon_is_gone_for_its_receiver() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    for _ in 0..2 {
        pop(&world.services, ben.viewer, balloon.id).await?;
    }
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items, []);
    assert_eq!(chat::badges(&world.services, ben.viewer).await?, Badges::default());
    assert_eq!(standing(&world.services, ben.viewer, ada.id).await?, Standing::Open, "the receiver may float one back");
    Ok(())
}

#[tokio::test]
async fn only_the_receiver_pops_and_only_what_waits() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (cyd, dee) = (world.person("Cyd").await?, world.person("Dee").await?);
    let balloon = world.float(&ada, &ben).await?;
    let popping = async |person: &TestPerson, balloon| refused(pop(&world.services, person.viewer, balloon).await);
    assert_eq!(popping(&ada, balloon.id).await, Some(ErrorCode::NotFound));
    assert_eq!(popping(&cyd, balloon.id).await, Some(ErrorCode::NotFound));
    assert_eq!(popping(&ben, BalloonId::new()).await, Some(ErrorCode::NotFound));
    catch(&world.services, ben.viewer, balloon.id).await?;
    assert_eq!(popping(&ben, balloon.id).await, Some(ErrorCode::BalloonGone));
    let expired = world.float(&cyd, &ben).await?;
    world.expire_balloons(&cyd).await?;
    assert_eq!(popping(&ben, expired.id).await, Some(ErrorCode::BalloonGone));
    let withdrawn = world.float(&dee, &ben).await?;
    withdraw(&world.services, dee.viewer, withdrawn.id).await?;
    assert_eq!(popping(&ben, withdrawn.id).await, Some(ErrorCode::NotFound));
    Ok(())
}

/// Everything that a sender can ask about a balloon and its receiver, answers compared without ids and times.
#[derive(Debug, PartialEq, Eq)]
struct Observed {
    listed: Option<(SentState, bool)>,
    standing: Standing,
    shown_among_people: bool,
    floating_again: Option<ErrorCode>,
    catching_or_popping: [Option<ErrorCode>; 2],
    budget: i64,
}

async fn observe(world: &World, sender: &TestPerson, receiver: &TestPerson, balloon: BalloonId) -> Result<Observed> {
    let services = &world.services;
    let listed = sent(services, sender.viewer, None, None).await?.items.into_iter().find(|row| row.id == balloon);
    let people = search(services, sender.viewer, &PeopleQuery::default()).await?;
    let again = FloatBalloon { to: receiver.id, note: "Again".to_owned() };
    Ok(Observed {
        listed: listed.map(|row| (row.state, row.chat.is_some())),
        standing: standing(services, sender.viewer, receiver.id).await?,
        shown_among_people: people.items.iter().any(|person| person.id == receiver.id),
        floating_again: refused(float(services, sender.viewer, &again).await),
        catching_or_popping: [
            refused(catch(services, sender.viewer, balloon).await),
            refused(pop(services, sender.viewer, balloon).await),
        ],
        budget: budget_left(services, sender.viewer).await?,
    })
}

#[tokio::test]
async fn to_its_sender_a_popped_balloon_looks_like_any_other() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (expired, popped, pending) =
        (world.person("Ed").await?, world.person("Pop").await?, world.person("Pen").await?);
    let mut balloons = vec![(&expired, world.float(&ada, &expired).await?.id)];
    world.expire_balloons(&ada).await?;
    for person in [&popped, &pending] {
        balloons.push((person, world.float(&ada, person).await?.id));
    }
    pop(&world.services, popped.viewer, balloons[1].1).await?;

    let before = Observed {
        listed: Some((SentState::Floating, false)),
        standing: Standing::Floated,
        shown_among_people: false,
        floating_again: Some(ErrorCode::AlreadyFloated),
        catching_or_popping: [Some(ErrorCode::NotFound); 2],
        budget: 17,
    };
    for (person, balloon) in &balloons {
        assert_eq!(observe(&world, &ada, person, *balloon).await?, before);
    }
    for (_, balloon) in &balloons {
        for _ in 0..2 {
            withdraw(&world.services, ada.viewer, *balloon).await?;
        }
    }
    let after = Observed { listed: None, ..before };
    for (person, balloon) in &balloons {
        assert_eq!(observe(&world, &ada, person, *balloon).await?, after);
    }
    Ok(())
}
