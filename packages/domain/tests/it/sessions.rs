use anyhow::{Context, Result};
use balloond_domain::{
    Client,
    auth::{authenticate, change_password, end_other_sessions, end_session, log_in, refresh, sessions},
};
use balloond_shared::{
    ErrorCode, SessionId,
    auth::{ChangePassword, Login, SignedIn},
};
use balloond_testing::{PASSWORD, TestPerson, World};

use crate::{faults, refused};

async fn elsewhere(world: &World, who: &TestPerson) -> Result<SignedIn> {
    let login = Login { email: who.email.clone(), password: PASSWORD.to_owned() };
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned();
    let from = Client { address: "203.0.113.7".parse()?, user_agent: agent };
    log_in(&world.services, &login, &from).await?.at_once().context("one more step")
}

async fn is_over(world: &World, signed_in: &SignedIn) -> bool {
    refused(authenticate(&world.services, &signed_in.token)) == Some(ErrorCode::Unauthenticated)
        && refused(refresh(&world.services, &signed_in.refresh_token).await) == Some(ErrorCode::Unauthenticated)
}

fn change(from: &str, to: &str) -> ChangePassword {
    ChangePassword { current_password: from.to_owned(), password: to.to_owned() }
}

#[tokio::test]
async fn devices_are_listed_this_one_first() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    elsewhere(&world, &ada).await?;
    let listed = sessions(&world.services, ada.viewer).await?;
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].id, listed[0].current, listed[1].current), (ada.viewer.session, true, false));
    assert_eq!((listed[1].device.as_str(), listed[1].place.as_str()), ("Firefox on Linux", "203.0.113.…"));
    assert_eq!(sessions(&world.services, ben.viewer).await?.len(), 1, "of oneself alone");
    Ok(())
}

#[tokio::test]
async fn one_session_is_ended_at_once() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let other = elsewhere(&world, &ada).await?;
    let id = authenticate(&world.services, &other.token)?.session;
    assert_eq!(refused(end_session(&world.services, ben.viewer, id).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(end_session(&world.services, ada.viewer, SessionId::new()).await), Some(ErrorCode::NotFound));
    end_session(&world.services, ada.viewer, id).await?;
    assert!(is_over(&world, &other).await && !is_over(&world, &ada.signed_in).await);
    assert_eq!(sessions(&world.services, ada.viewer).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn all_others_are_ended_at_once() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let others = [elsewhere(&world, &ada).await?, elsewhere(&world, &ada).await?];
    end_other_sessions(&world.services, ada.viewer).await?;
    for other in &others {
        assert!(is_over(&world, other).await);
    }
    assert!(!is_over(&world, &ada.signed_in).await && !is_over(&world, &ben.signed_in).await);
    Ok(())
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let other = elsewhere(&world, &ada).await?;
    change_password(&world.services, ada.viewer, &change(PASSWORD, "another horse")).await?;
    assert!(is_over(&world, &other).await && !is_over(&world, &ada.signed_in).await);
    assert!(elsewhere(&world, &ada).await.is_err(), "the old one is nothing any more");
    let login = Login { email: ada.email.clone(), password: "another horse".to_owned() };
    assert!(log_in(&world.services, &login, &balloond_testing::client()).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn who_does_not_know_the_password_does_not_change_it() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let by = async |from: &str, to: &str| faults(change_password(&world.services, ada.viewer, &change(from, to)).await);
    assert_eq!(by("wrong", "another horse").await, ["current_password: wrong"]);
    assert_eq!(by("", "short").await, ["current_password: required", "password: too_short"]);
    for _ in 0..10 {
        by("wrong", "another horse").await;
    }
    let refusal = refused(change_password(&world.services, ada.viewer, &change(PASSWORD, "another horse")).await);
    assert_eq!(refusal, Some(ErrorCode::RateLimited), "guessing is slow");
    assert!(elsewhere(&world, &ada).await.is_ok());
    Ok(())
}
