//! The second step at log-in.

use anyhow::{Context, Result};
use balloond_domain::auth::{
    LoggedIn, begin_second_step, begun_second_step, change_password, confirm_second_step, end_second_step, log_in,
    renew_recovery_codes, second_step_state, take_second_step,
};
use balloond_shared::{
    ErrorCode,
    auth::{ChangePassword, Login, SignedIn},
    second_step::{ConfirmSecondStep, SecondStep, WithPassword},
};
use balloond_testing::{PASSWORD, TestPerson, World, client, totp};
use chrono::Utc;

use crate::{faults, refused};

fn with_password(password: &str) -> WithPassword {
    WithPassword { password: password.to_owned() }
}

/// The code of the step of time that is so many from now.
fn code(secret: &str, steps: i64) -> String {
    totp(secret, Utc::now().timestamp() / 30 + steps)
}

/// Sets it up; answers the secret and the recovery codes.
async fn turn_on(world: &World, ada: &TestPerson) -> Result<(String, Vec<String>)> {
    let secret = begin_second_step(&world.services, ada.viewer, &with_password(PASSWORD)).await?.secret;
    let request = ConfirmSecondStep { code: code(&secret, -1) };
    let codes = confirm_second_step(&world.services, ada.viewer, &request).await?.codes;
    Ok((secret, codes))
}

async fn ticket(world: &World, ada: &TestPerson) -> Result<String> {
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    match log_in(&world.services, &login, &client()).await? {
        LoggedIn::SecondStep(needed) => Ok(needed.ticket),
        LoggedIn::SignedIn(_) => anyhow::bail!("the password was enough"),
    }
}

async fn take(world: &World, ticket: &str, code: &str) -> balloond_domain::Result<SignedIn> {
    let request = SecondStep { ticket: ticket.to_owned(), code: code.to_owned() };
    take_second_step(&world.services, &request, &client()).await
}

#[tokio::test]
async fn with_a_second_step_the_password_is_not_enough() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    assert!(!second_step_state(&world.services, ada.viewer).await?.is_on);
    let (secret, codes) = turn_on(&world, &ada).await?;
    assert!(second_step_state(&world.services, ada.viewer).await?.is_on);
    let ticket = ticket(&world, &ada).await?;
    assert_eq!(faults(take(&world, &ticket, &code(&secret, 9)).await), ["code: wrong"]);
    assert_eq!(faults(take(&world, &ticket, &code(&secret, -1)).await), ["code: wrong"], "it turned it on");
    let now = code(&secret, 0);
    assert_eq!(take(&world, &ticket, &now).await?.user.profile.id, ada.id);
    assert_eq!(faults(take(&world, &ticket, &now).await), ["code: wrong"], "it works once");

    // Without the app.
    let (first, rest) = codes.split_first().context("ten codes")?;
    assert_eq!(rest.len(), 9);
    assert_eq!(take(&world, &ticket, &first.to_lowercase().replace('-', " ")).await?.user.profile.id, ada.id);
    assert_eq!(faults(take(&world, &ticket, first).await), ["code: wrong"], "it works once");
    assert_eq!(second_step_state(&world.services, ada.viewer).await?.recovery_codes, 9);
    Ok(())
}

#[tokio::test]
async fn of_two_who_show_one_code_at_once_one_comes_in() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (secret, codes) = turn_on(&world, &ada).await?;
    let ticket = ticket(&world, &ada).await?;
    for code in [code(&secret, 1), codes[0].clone()] {
        let (one, other) = tokio::join!(take(&world, &ticket, &code), take(&world, &ticket, &code));
        assert!(one.is_ok() != other.is_ok(), "{code}");
    }
    Ok(())
}

#[tokio::test]
async fn setting_it_up_takes_the_password_and_a_code() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let begin = async |password| begin_second_step(&world.services, ada.viewer, &with_password(password)).await;
    let confirm =
        async |code: String| confirm_second_step(&world.services, ada.viewer, &ConfirmSecondStep { code }).await;
    assert_eq!(refused(confirm("123456".to_owned()).await), Some(ErrorCode::NotFound), "nothing is begun");
    assert_eq!(faults(begin("wrong").await), ["password: wrong"]);
    let first = begin(PASSWORD).await?;
    let second = begin(PASSWORD).await?;
    assert_ne!(first.secret, second.secret);
    assert_eq!(begun_second_step(&world.services, ada.viewer).await?.uri, second.uri);
    assert_eq!(faults(confirm(code(&first.secret, 0)).await), ["code: wrong"], "another took its place");
    assert_eq!(faults(confirm(String::new()).await), ["code: wrong"]);
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    assert!(log_in(&world.services, &login, &client()).await?.at_once().is_some(), "it is not confirmed");
    confirm(code(&second.secret, 0)).await?;
    assert_eq!(refused(begin(PASSWORD).await), Some(ErrorCode::SecondStepOn));
    assert_eq!(refused(confirm(code(&second.secret, 1)).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(begun_second_step(&world.services, ada.viewer).await), Some(ErrorCode::NotFound));
    let stored = world.value("SELECT encode(sealed, 'escape') AS value FROM totp_secrets").await?;
    assert!(stored.starts_with("\\005local") || !stored.contains(&second.secret), "{stored}");
    Ok(())
}

#[tokio::test]
async fn turning_it_off_and_other_codes_take_the_password() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let renew = async |who: &TestPerson, password| {
        renew_recovery_codes(&world.services, who.viewer, &with_password(password)).await
    };
    assert_eq!(refused(renew(&ben, PASSWORD).await), Some(ErrorCode::NotFound));
    let (_, old) = turn_on(&world, &ada).await?;
    assert_eq!(faults(renew(&ada, "wrong").await), ["password: wrong"]);
    let new = renew(&ada, PASSWORD).await?.codes;
    let ticket = ticket(&world, &ada).await?;
    assert_eq!(faults(take(&world, &ticket, &old[0]).await), ["code: wrong"]);
    take(&world, &ticket, &new[0]).await?;
    let end = async |password| end_second_step(&world.services, ada.viewer, &with_password(password)).await;
    assert_eq!(faults(end("wrong").await), ["password: wrong"]);
    end(PASSWORD).await?;
    assert_eq!(refused(take(&world, &ticket, &new[1]).await), Some(ErrorCode::Unauthenticated));
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    assert!(log_in(&world.services, &login, &client()).await?.at_once().is_some());
    assert_eq!(world.value("SELECT count(*)::text AS value FROM recovery_codes").await?, "0");
    Ok(())
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_once_the_password_changed_and_guesses_are_few() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (secret, _) = turn_on(&world, &ada).await?;
    for none in ["", "AAAA", &"A".repeat(75)] {
        assert_eq!(refused(take(&world, none, &code(&secret, 0)).await), Some(ErrorCode::Unauthenticated), "{none}");
    }
    let before = ticket(&world, &ada).await?;
    let change = ChangePassword { current_password: PASSWORD.to_owned(), password: "another horse".to_owned() };
    change_password(&world.services, ada.viewer, &change).await?;
    assert_eq!(refused(take(&world, &before, &code(&secret, 0)).await), Some(ErrorCode::Unauthenticated));
    let mut last = None;
    for _ in 0..12 {
        last = refused(take(&world, &before, "000000").await);
    }
    assert_eq!(last, Some(ErrorCode::RateLimited));
    Ok(())
}
