use anyhow::Result;
use balloond_domain::{
    Services,
    auth::{authenticate, log_in, log_out, refresh},
    realtime::{Notice, listen},
};
use balloond_shared::{ErrorCode, auth::Login};
use balloond_testing::{PASSWORD, World, client};
use tokio::sync::mpsc;

use crate::refused;

/// What another node hears, as it hears it.
fn node(world: &World) -> Result<(Services, mpsc::UnboundedReceiver<Notice>)> {
    let services = Services::new(&world.config)?;
    let (hear, heard) = mpsc::unbounded_channel();
    listen(&services, move |notice| _ = hear.send(notice));
    Ok((services, heard))
}

#[tokio::test]
async fn logging_out_ends_the_session_and_no_other() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    let other = log_in(&world.services, &login, &client()).await?.at_once().expect("signed in");
    log_out(&world.services, ada.viewer).await?;
    assert_eq!(refused(authenticate(&world.services, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(refresh(&world.services, &ada.signed_in.refresh_token).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(authenticate(&world.services, &other.token)), None);
    assert_eq!(refused(log_out(&world.services, ada.viewer).await), None, "again changes nothing");
    assert_eq!(refused(refresh(&world.services, &other.refresh_token).await), None);
    Ok(())
}

#[tokio::test]
async fn every_node_hears_of_it_at_once() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (elsewhere, mut heard) = node(&world)?;
    assert_eq!(authenticate(&elsewhere, &ada.signed_in.token)?, ada.viewer);
    while !matches!(heard.recv().await, Some(Notice::Up)) {}
    log_out(&world.services, ada.viewer).await?;
    loop {
        match heard.recv().await.expect("the feed goes on") {
            Notice::SessionRevoked { session } if session == ada.viewer.session => break,
            _ => {}
        }
    }
    assert_eq!(refused(authenticate(&elsewhere, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    Ok(())
}

#[tokio::test]
async fn a_node_that_starts_later_knows_it_from_the_database() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    log_out(&world.services, ada.viewer).await?;
    let (elsewhere, mut heard) = node(&world)?;
    loop {
        match heard.recv().await.expect("the feed goes on") {
            Notice::SessionRevoked { session } if session == ada.viewer.session => break,
            _ => {}
        }
    }
    assert_eq!(refused(authenticate(&elsewhere, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    Ok(())
}

#[tokio::test]
async fn a_node_that_redis_does_not_reach_asks_the_database() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    // Port 1 answers nobody.
    let cut_off = World::with(&[("DATABASE_URL", &world.config.database.url), ("REDIS_URL", "redis://127.0.0.1:1")])?;
    let (elsewhere, mut heard) = node(&cut_off)?;
    assert_eq!(authenticate(&elsewhere, &ada.signed_in.token)?, ada.viewer);
    log_out(&world.services, ada.viewer).await?;
    loop {
        match heard.recv().await.expect("the feed goes on") {
            Notice::SessionRevoked { session } if session == ada.viewer.session => break,
            _ => {}
        }
    }
    assert_eq!(refused(authenticate(&elsewhere, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    Ok(())
}
