use anyhow::Result;
use balloond_domain::{
    auth::{authenticate, log_in},
    balloon, chat,
    demo::{EMAIL, PASSWORD, SeedError, seed},
};
use balloond_shared::auth::Login;
use balloond_testing::{World, client};

const EVERYTHING: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM users), (SELECT count(*) FROM photos), (SELECT count(*) FROM balloons),
    (SELECT count(*) FROM chats), (SELECT count(*) FROM messages)) AS value";

#[tokio::test]
async fn the_demo_is_made_once_and_somebody_can_sign_in_to_it() -> Result<()> {
    let world = World::new().await?;
    assert_eq!(seed(&world.services, &world.config, false).await?, 12);
    let made = world.value(EVERYTHING).await?;
    assert_eq!(made, "12 33 8 3 23");
    assert_eq!(seed(&world.services, &world.config, false).await?, 0);
    assert_eq!(world.value(EVERYTHING).await?, made);

    let login = Login { email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
    let ada = log_in(&world.services, &login, &client()).await?.at_once().expect("signed in");
    assert_eq!(ada.user.profile.photos.len(), 3);
    let viewer = authenticate(&world.services, &ada.token)?;
    let badges = chat::badges(&world.services, viewer).await?;
    assert_eq!((badges.balloons, badges.chats), (2, 1));
    assert_eq!(balloon::sent(&world.services, viewer, None, None).await?.items.len(), 2);
    let in_order = "SELECT bool_and(earlier.sent_at <= later.sent_at)::text AS value FROM messages earlier
        JOIN messages later ON later.chat_id = earlier.chat_id AND later.seq = earlier.seq + 1";
    assert_eq!(world.value(in_order).await?, "true");
    Ok(())
}

#[tokio::test]
async fn the_demo_stays_off_databases_that_are_elsewhere() -> Result<()> {
    let elsewhere = World::with(&[("DATABASE_URL", "postgres://balloond@db.example.com/balloond")])?;
    let refused = seed(&elsewhere.services, &elsewhere.config, false).await;
    assert!(matches!(refused, Err(SeedError::NotLocal)));
    Ok(())
}
