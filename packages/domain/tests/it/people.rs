use anyhow::Result;
use balloond_domain::{balloon, people::search, profile};
use balloond_shared::{UserId, people::PeopleQuery, profile::EditProfile};
use balloond_testing::{TestPerson, World};

use crate::faults;

async fn found(world: &World, by: &TestPerson, query: PeopleQuery) -> Result<Vec<UserId>> {
    Ok(search(&world.services, by.viewer, &query).await?.items.into_iter().map(|person| person.id).collect())
}

async fn everybody(world: &World, by: &TestPerson) -> Result<Vec<UserId>> {
    found(world, by, PeopleQuery::default()).await
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn the_newest_come_first_and_oneself_never() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    assert_eq!(everybody(&world, &ada).await?, [cyd.id, ben.id]);
    assert_eq!(everybody(&world, &ben).await?, [cyd.id, ada.id]);
    Ok(())
}

#[tokio::test]
async fn nobody_is_shown_who_may_not_be_floated_a_balloon() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let [chatting, floated, withdrawn, waiting, expired, stranger] =
        ["Chatting", "Floated", "Withdrawn", "Waiting", "Expired", "Stranger"];
    let mut ids = Vec::new();
    for name in [chatting, floated, withdrawn, waiting, expired, stranger] {
        ids.push(world.person(name).await?);
    }
    let [chatting, floated, withdrawn, waiting, expired, stranger] = ids.as_slice() else { unreachable!() };
    world.open_chat(chatting, &ada).await?;
    world.float(&ada, floated).await?;
    let balloon = world.float(&ada, withdrawn).await?;
    balloon::withdraw(&world.services, ada.viewer, balloon.id).await?;
    world.float(waiting, &ada).await?;
    world.float(expired, &ada).await?;
    world.expire_balloons(expired).await?;
    assert_eq!(everybody(&world, &ada).await?, [stranger.id, expired.id]);
    Ok(())
}

#[tokio::test]
async fn filters_narrow_together() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let young = world.person_aged("Zoë", 20).await?;
    let middle = world.person_aged("Zora", 40).await?;
    let old = world.person_aged("Abc_%", 60).await?;
    let request = EditProfile { interests: Some(vec!["Tea".to_owned()]), ..EditProfile::default() };
    for person in [&young, &old] {
        profile::edit(&world.services, person.viewer, &request, None).await?;
    }
    let by = async |query| found(&world, &ada, query).await;
    let any = PeopleQuery::default;
    assert_eq!(by(PeopleQuery { min_age: some("40"), ..any() }).await?, [old.id, middle.id]);
    assert_eq!(by(PeopleQuery { max_age: some("40"), ..any() }).await?, [middle.id, young.id]);
    assert_eq!(by(PeopleQuery { min_age: some("40"), max_age: some("40"), ..any() }).await?, [middle.id]);
    assert_eq!(by(PeopleQuery { interest: some("TEA"), ..any() }).await?, [old.id, young.id]);
    assert_eq!(by(PeopleQuery { q: some("zO"), ..any() }).await?, [middle.id, young.id]);
    assert_eq!(by(PeopleQuery { q: some("ZOË"), ..any() }).await?, [young.id]);
    assert_eq!(by(PeopleQuery { q: some("_%"), ..any() }).await?, [old.id], "wildcards stand for themselves");
    assert_eq!(
        by(PeopleQuery { q: some("zo"), interest: some("tea"), max_age: some("30"), ..any() }).await?,
        [young.id]
    );
    assert_eq!(by(PeopleQuery { q: some("nobody"), ..any() }).await?, []);
    Ok(())
}

#[tokio::test]
async fn pages_follow_each_other_whoever_joins_meanwhile() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let mut expected: Vec<_> = world.crowd("Ben", 5).await?.into_iter().map(|person| person.id).collect();
    expected.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let query = PeopleQuery { limit: some("2"), cursor, ..PeopleQuery::default() };
        let page = search(&world.services, ada.viewer, &query).await?;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|person| person.id));
        world.person("Late").await?;
        cursor = page.next.map(|next| next.0);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn every_bad_filter_is_named() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let by = async |query| faults(search(&world.services, ada.viewer, &query).await);
    let query = PeopleQuery {
        min_age: some("17"),
        max_age: some("old"),
        interest: some(&"x".repeat(31)),
        q: some(&"x".repeat(51)),
        limit: some("many"),
        ..PeopleQuery::default()
    };
    let expected =
        ["min_age: out_of_range", "max_age: malformed", "interest: too_long", "q: too_long", "limit: malformed"];
    let mut named = by(query).await;
    named.sort_by_key(|fault| expected.iter().position(|known| known == fault));
    assert_eq!(named, expected);
    let query = PeopleQuery { min_age: some("40"), max_age: some("30"), ..PeopleQuery::default() };
    assert_eq!(by(query).await, ["max_age: out_of_range"]);
    assert_eq!(by(PeopleQuery { cursor: some("elsewhere"), ..PeopleQuery::default() }).await, ["cursor: malformed"]);
    Ok(())
}
