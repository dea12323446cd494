use anyhow::Result;
use balloond_domain::{
    auth::register,
    chat::send_photo,
    staff::{admit, audit, grant, set_switch, switches},
    switch::is_on,
};
use balloond_shared::{
    ClientId, ErrorCode,
    auth::Register,
    chat::SendPhoto,
    staff::{Deed, StaffRole},
    switch::{SetSwitch, Switch},
};
use balloond_testing::{PASSWORD, World, client, photo};

use crate::{faults, refused};

fn turning(on: bool) -> SetSwitch {
    SetSwitch { on, reason: "A wave of spam".to_owned() }
}

#[tokio::test]
async fn what_is_off_is_refused_and_what_is_on_again_is_not() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    grant(&world.services, &ada.email, Some(StaffRole::Administrator)).await?;
    let joy = admit(&world.services, ada.viewer).await?;
    assert!(switches(&world.services, joy).await?.iter().all(|state| state.on && state.changed_at.is_none()));
    for which in Switch::ALL {
        set_switch(&world.services, joy, which, &turning(false)).await?;
    }
    let new = Register {
        email: "new@example.com".to_owned(),
        password: PASSWORD.to_owned(),
        name: "New".to_owned(),
        age: 30,
    };
    let asked = || SendPhoto { client_id: ClientId::new(), body: String::new(), reply_to: None };
    let picture = || photo::jpeg(32, 32).into();
    assert_eq!(refused(register(&world.services, &new, &client()).await), Some(ErrorCode::SwitchedOff));
    let sent = send_photo(&world.services, ada.viewer, chat, &asked(), picture()).await;
    assert_eq!(refused(sent), Some(ErrorCode::SwitchedOff));
    assert!(world.send(&ada, chat, "Words go on").await.is_ok());
    for which in Switch::ALL {
        set_switch(&world.services, joy, which, &turning(true)).await?;
    }
    assert!(register(&world.services, &new, &client()).await.is_ok());
    assert!(send_photo(&world.services, ada.viewer, chat, &asked(), picture()).await.is_ok());
    let log = audit(&world.services, joy, None, None).await?.items;
    assert_eq!((log[0].deed, log[0].details.as_str()), (Deed::SwitchedOn, "Photos in chats"));
    Ok(())
}

#[tokio::test]
async fn another_process_believes_what_it_knew_for_a_few_seconds() -> Result<()> {
    let world = World::new().await?;
    let other = World::with(&[("DATABASE_URL", &world.config.database.url)])?;
    let ada = world.person("Ada").await?;
    grant(&world.services, &ada.email, Some(StaffRole::Administrator)).await?;
    let joy = admit(&world.services, ada.viewer).await?;
    assert!(is_on(&other.services, Switch::Registration).await);
    set_switch(&world.services, joy, Switch::Registration, &turning(false)).await?;
    assert!(!is_on(&world.services, Switch::Registration).await);
    balloond_testing::eventually("the other's look", async || Ok(!is_on(&other.services, Switch::Registration).await))
        .await
}

#[tokio::test]
async fn moderators_turn_nothing_and_nobody_without_a_reason() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    grant(&world.services, &ada.email, Some(StaffRole::Moderator)).await?;
    let ivo = admit(&world.services, ada.viewer).await?;
    assert_eq!(refused(switches(&world.services, ivo).await), Some(ErrorCode::Forbidden));
    let turned = set_switch(&world.services, ivo, Switch::ChatPhotos, &turning(false)).await;
    assert_eq!(refused(turned), Some(ErrorCode::Forbidden));
    grant(&world.services, &ada.email, Some(StaffRole::Administrator)).await?;
    let joy = admit(&world.services, ada.viewer).await?;
    let blank = SetSwitch { on: false, reason: " ".to_owned() };
    assert_eq!(faults(set_switch(&world.services, joy, Switch::ChatPhotos, &blank).await), ["reason: required"]);
    Ok(())
}
