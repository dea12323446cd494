use std::{slice, time::Duration};

use anyhow::Result;
use balloond_domain::{
    Error,
    balloon::{Standing, budget_left, catch, float, pop, received, sent, standing, withdraw},
    chat,
};
use balloond_shared::{
    BalloonId, ErrorCode, UserId,
    balloon::{DAILY_BUDGET, FloatBalloon, SentState},
};
use balloond_testing::{TestPerson, World};
use futures_util::future::join_all;

use crate::{faults, refused};

fn to(person: &TestPerson) -> FloatBalloon {
    FloatBalloon { to: person.id, note: "Hello".to_owned() }
}

#[tokio::test]
async fn a_balloon_waits_for_its_receiver() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let note = FloatBalloon { to: ben.id, note: " You like tea?\r\nMe too. ".to_owned() };
    let balloon = float(&world.services, ada.viewer, &note).await?;
    assert_eq!((balloon.note.as_str(), balloon.state), ("You like tea?\nMe too.", SentState::Floating));
    assert_eq!((&balloon.to, balloon.chat), (&None, None), "whom it is for is not to be seen until it is caught");
    assert_eq!(sent(&world.services, ada.viewer, None, None).await?.items, slice::from_ref(&balloon));

    let waiting = received(&world.services, ben.viewer, None, None).await?.items;
    let [arrived] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((arrived.id, arrived.from.id, &arrived.note), (balloon.id, ada.id, &balloon.note));
    assert_eq!((arrived.expires_at - arrived.sent_at).num_days(), 7);
    assert_eq!(chat::badges(&world.services, ben.viewer).await?.balloons, 1);
    assert_eq!(standing(&world.services, ben.viewer, ada.id).await?, Standing::Waiting(balloon.id));
    assert_eq!(standing(&world.services, ada.viewer, ben.id).await?, Standing::Floated);
    assert_eq!(standing(&world.services, ada.viewer, ada.id).await?, Standing::Oneself);
    Ok(())
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let mut expected: Vec<BalloonId> = Vec::new();
    for person in world.crowd("Ben", 3).await? {
        expected.insert(0, world.float(&ada, &person).await?.id);
    }
    let first = sent(&world.services, ada.viewer, None, Some(2)).await?;
    let cursor = first.next.as_ref().map(|next| next.0.as_str());
    let second = sent(&world.services, ada.viewer, cursor, Some(2)).await?;
    assert_eq!(second.next, None);
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|balloon| balloon.id).collect();
    assert_eq!(seen, expected);
    assert_eq!(faults(sent(&world.services, ada.viewer, Some("x"), None).await), ["cursor: malformed"]);
    assert_eq!(faults(received(&world.services, ada.viewer, Some("x"), None).await), ["cursor: malformed"]);
    Ok(())
}

#[tokio::test]
async fn a_note_has_1_to_280_characters() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    for (note, fault) in
        [("", "required"), (" \u{200B}", "required"), (&"x".repeat(281), "too_long"), ("a\0b", "not_allowed")]
    {
        let request = FloatBalloon { to: ben.id, note: note.to_owned() };
        assert_eq!(faults(float(&world.services, ada.viewer, &request).await), [format!("note: {fault}")]);
    }
    let request = FloatBalloon { to: ben.id, note: "é".repeat(280) };
    assert!(float(&world.services, ada.viewer, &request).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn nobody_floats_themselves_or_nobody() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert_eq!(refused(float(&world.services, ada.viewer, &to(&ada)).await), Some(ErrorCode::Forbidden));
    let nobody = FloatBalloon { to: UserId::new(), note: "Hello".to_owned() };
    assert_eq!(refused(float(&world.services, ada.viewer, &nobody).await), Some(ErrorCode::NotFound));
    Ok(())
}

#[tokio::test]
async fn who_has_one_waiting_or_a_chat_floats_none() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let balloon = world.float(&ada, &ben).await?;
    assert_eq!(refused(float(&world.services, ben.viewer, &to(&ada)).await), Some(ErrorCode::BalloonWaiting));
    catch(&world.services, ben.viewer, balloon.id).await?;
    for (from, person) in [(&ada, &ben), (&ben, &ada)] {
        assert_eq!(refused(float(&world.services, from.viewer, &to(person)).await), Some(ErrorCode::AlreadyChatting));
    }
    Ok(())
}

#[tokio::test]
async fn the_same_person_is_floated_one_in_30_days_whatever_became_of_it() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let people = world.crowd("Ben", 4).await?;
    let [waits, popped, withdrawn, expired] = people.as_slice() else { unreachable!() };
    world.float(&ada, expired).await?;
    world.expire_balloons(&ada).await?;
    world.float(&ada, waits).await?;
    let balloon = world.float(&ada, popped).await?;
    pop(&world.services, popped.viewer, balloon.id).await?;
    let balloon = world.float(&ada, withdrawn).await?;
    withdraw(&world.services, ada.viewer, balloon.id).await?;
    let again = async |person: &TestPerson| refused(float(&world.services, ada.viewer, &to(person)).await);
    for days in [0, 29] {
        world.age_balloons(&ada, &format!("{days} days")).await?;
        for person in &people {
            assert_eq!(again(person).await, Some(ErrorCode::AlreadyFloated));
        }
    }
    world.age_balloons(&ada, "1 day").await?;
    for person in &people {
        assert_eq!(again(person).await, None);
    }
    Ok(())
}

#[tokio::test]
async fn twenty_a_day_and_none_is_given_back() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let people = world.crowd("Ben", 22).await?;
    let (twenty, rest) = people.split_at(20);
    for (person, left) in twenty.iter().zip((0..DAILY_BUDGET).rev()) {
        let balloon = world.float(&ada, person).await?;
        assert_eq!(budget_left(&world.services, ada.viewer).await?, left);
        withdraw(&world.services, ada.viewer, balloon.id).await?;
    }
    let [next, last] = rest else { unreachable!() };
    let Err(Error::RefusedFor { code, after }) = float(&world.services, ada.viewer, &to(next)).await else {
        panic!("the budget was not spent")
    };
    assert_eq!(code, ErrorCode::BudgetSpent);
    assert!((Duration::from_secs(23 * 3600)..=Duration::from_secs(24 * 3600)).contains(&after), "{after:?}");
    // A day after the first, there is one again.
    world.execute("UPDATE balloons SET sent_at = sent_at - interval '1 day' WHERE id = (SELECT min(id::text)::uuid FROM balloons)").await?;
    world.float(&ada, next).await?;
    assert_eq!(refused(float(&world.services, ada.viewer, &to(last)).await), Some(ErrorCode::BudgetSpent));
    Ok(())
}

#[tokio::test]
async fn the_budget_holds_for_balloons_at_once() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let people = world.crowd("Ben", 24).await?;
    let floats =
        join_all(people.iter().map(async |person| float(&world.services, ada.viewer, &to(person)).await)).await;
    assert_eq!(floats.iter().filter(|float| float.is_ok()).count(), 20);
    assert!(floats.into_iter().filter_map(refused).all(|code| code == ErrorCode::BudgetSpent));
    Ok(())
}

#[tokio::test]
async fn of_two_who_float_each_other_at_once_one_is_told_to_catch() -> Result<()> {
    let world = World::new().await?;
    for _ in 0..5 {
        let (ada, ben) = world.two().await?;
        let (to_ben, to_ada) = (to(&ben), to(&ada));
        let (one, other) =
            tokio::join!(float(&world.services, ada.viewer, &to_ben), float(&world.services, ben.viewer, &to_ada),);
        let mut codes = [refused(one), refused(other)];
        codes.sort_by_key(Option::is_some);
        assert_eq!(codes, [None, Some(ErrorCode::BalloonWaiting)]);
    }
    Ok(())
}

#[tokio::test]
async fn twenty_at_once_to_one_person_make_one() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let request = to(&ben);
    let floats = join_all((0..20).map(|_| float(&world.services, ada.viewer, &request))).await;
    assert_eq!(floats.iter().filter(|float| float.is_ok()).count(), 1);
    assert!(floats.into_iter().filter_map(refused).all(|code| code == ErrorCode::AlreadyFloated));
    assert_eq!(received(&world.services, ben.viewer, None, None).await?.items.len(), 1);
    assert_eq!(budget_left(&world.services, ada.viewer).await?, DAILY_BUDGET - 1);
    Ok(())
}
