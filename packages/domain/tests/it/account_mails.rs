//! Mails about changes of how somebody logs in.

use anyhow::Result;
use balloond_domain::{
    auth::{
        begin_second_step, change_password, confirm_second_step, end_second_step, make_api_token, remove_passkey,
        renew_recovery_codes,
    },
    job,
};
use balloond_shared::{
    api_token::{MakeApiToken, Scope},
    auth::ChangePassword,
    second_step::{ConfirmSecondStep, WithPassword},
};
use balloond_testing::{PASSWORD, TestPerson, World, totp};
use chrono::Utc;

/// Whether the last mail says so; the jobs are done first.
async fn is_told(world: &World, who: &TestPerson, words: &str) -> Result<bool> {
    job::run_due(&world.services, &world.config).await?;
    Ok(world.mails(&who.email)?.last().is_some_and(|mail| mail.contains(words)))
}

#[tokio::test]
async fn every_change_is_told_to_the_owner() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let password = WithPassword { password: PASSWORD.to_owned() };
    let secret = begin_second_step(&world.services, ada.viewer, &password).await?.secret;
    assert!(!is_told(&world, &ada, "second step").await?, "nothing has changed yet");
    let code = totp(&secret, Utc::now().timestamp() / 30);
    confirm_second_step(&world.services, ada.viewer, &ConfirmSecondStep { code }).await?;
    assert!(is_told(&world, &ada, "turned on").await?);
    renew_recovery_codes(&world.services, ada.viewer, &password).await?;
    assert!(is_told(&world, &ada, "New recovery codes").await?);
    end_second_step(&world.services, ada.viewer, &password).await?;
    assert!(is_told(&world, &ada, "turned off").await?);
    let (passkey, _) = world.passkey(&ada).await?;
    assert!(is_told(&world, &ada, "A passkey was added").await?);
    remove_passkey(&world.services, ada.viewer, passkey.id, PASSWORD).await?;
    assert!(is_told(&world, &ada, "A passkey was removed").await?);
    let token = MakeApiToken {
        name: "A secret name".to_owned(),
        scopes: vec![Scope::Balloons],
        days: None,
        password: PASSWORD.to_owned(),
    };
    make_api_token(&world.services, ada.viewer, &token).await?;
    assert!(is_told(&world, &ada, "A token for a program was made").await?);
    let change = ChangePassword { current_password: PASSWORD.to_owned(), password: "another horse".to_owned() };
    change_password(&world.services, ada.viewer, &change).await?;
    assert!(is_told(&world, &ada, "Your password was changed").await?);
    let mails = world.mails(&ada.email)?.concat();
    assert!(mails.contains("/me/sessions") && !mails.contains("A secret name"));
    Ok(())
}

#[tokio::test]
async fn what_changes_nothing_and_whoever_is_not_verified_get_no_mail() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let password = WithPassword { password: PASSWORD.to_owned() };
    end_second_step(&world.services, ada.viewer, &password).await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.mails(&ada.email)?, [""; 0], "there was none to turn off");
    world.execute(&format!("UPDATE users SET verified_at = NULL WHERE id = '{}'", ada.id)).await?;
    world.passkey(&ada).await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.mails(&ada.email)?, [""; 0], "the mailbox may be anybody's");
    Ok(())
}
