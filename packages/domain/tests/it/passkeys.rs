//! Passkeys.

use anyhow::Result;
use balloond_domain::{
    Result as DomainResult,
    auth::{
        add_passkey, authenticate, begin_passkey, begin_passkey_log_in, passkey_log_in, passkeys, remove_passkey,
        reset_password,
    },
};
use balloond_shared::{
    ErrorCode, PasskeyId,
    auth::{ResetPassword, SignedIn},
    passkey::{AddPasskey, MAX_PASSKEYS, PasskeyLogin},
};
use balloond_testing::{Device, PASSWORD, TestPerson, USER_VERIFIED, World, client};
use serde_json::{Value, json};

use crate::{faults, refused};

async fn log_in(world: &World, device: &mut Device) -> Result<DomainResult<SignedIn>> {
    let asked = begin_passkey_log_in(&world.services, &client()).await?;
    let request = PasskeyLogin { credential: device.get(&asked)? };
    Ok(passkey_log_in(&world.services, &request, &client()).await)
}

async fn is_refused(world: &World, device: &mut Device) -> Result<bool> {
    Ok(refused(log_in(world, device).await?) == Some(ErrorCode::WrongCredentials))
}

fn adding(credential: Value) -> AddPasskey {
    AddPasskey { name: "My phone".to_owned(), password: PASSWORD.to_owned(), credential }
}

#[tokio::test]
async fn a_passkey_signs_in_without_anything_else() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (added, mut device) = world.passkey(&ada).await?;
    assert_eq!((added.name.as_str(), added.used_at), ("My phone", None));
    let signed_in = log_in(&world, &mut device).await??;
    assert_eq!(signed_in.user.profile.id, ada.id);
    let viewer = authenticate(&world.services, &signed_in.token)?;
    assert_ne!(viewer.session, ada.viewer.session);
    log_in(&world, &mut device).await??;
    let listed = passkeys(&world.services, ada.viewer).await?;
    assert!(listed.len() == 1 && listed[0].used_at.is_some());
    assert!(passkeys(&world.services, ben.viewer).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_answer_is_good_once_and_for_what_was_asked() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (_, mut device) = world.passkey(&ada).await?;
    let asked = begin_passkey_log_in(&world.services, &client()).await?;
    let request = PasskeyLogin { credential: device.get(&asked)? };
    let from = client();
    let (one, other) = tokio::join!(
        passkey_log_in(&world.services, &request, &from),
        passkey_log_in(&world.services, &request, &from)
    );
    assert!(one.is_ok() != other.is_ok(), "of two at once one comes in");
    let again = passkey_log_in(&world.services, &request, &client()).await;
    assert_eq!(refused(again), Some(ErrorCode::WrongCredentials));
    // What was asked for to add one does not log in.
    let asked = begin_passkey(&world.services, ada.viewer).await?;
    let request = PasskeyLogin { credential: device.get(&asked)? };
    let crossed = passkey_log_in(&world.services, &request, &client()).await;
    assert_eq!(refused(crossed), Some(ErrorCode::WrongCredentials));
    Ok(())
}

#[tokio::test]
async fn what_is_not_right_about_an_answer_is_not_told() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (_, mut device) = world.passkey(&ada).await?;
    assert!(!is_refused(&world, &mut device).await?);
    let origin = std::mem::replace(&mut device.origin, "https://elsewhere.example".to_owned());
    assert!(is_refused(&world, &mut device).await?, "another site");
    device.origin = origin;
    let host = std::mem::replace(&mut device.host, "elsewhere.example".to_owned());
    assert!(is_refused(&world, &mut device).await?, "another party");
    device.host = host;
    device.flags &= !USER_VERIFIED;
    assert!(is_refused(&world, &mut device).await?, "its holder was not checked");
    device.flags |= USER_VERIFIED;
    device.user = ben.id;
    assert!(is_refused(&world, &mut device).await?, "somebody else's");
    device.user = ada.id;
    device.count = 0;
    assert!(is_refused(&world, &mut device).await?, "a copy has counted less");
    device.count = 100;
    assert!(!is_refused(&world, &mut device).await?);
    let mut unknown = Device::new(&world.config.public_web_url, ada.id)?;
    assert!(is_refused(&world, &mut unknown).await?, "of the same person, and unknown");
    device.credential = unknown.credential.clone();
    assert!(is_refused(&world, &mut device).await?);
    for nothing in [Value::Null, json!({}), json!("x"), json!({ "id": "A", "rawId": "A", "response": {} })] {
        let answer = passkey_log_in(&world.services, &PasskeyLogin { credential: nothing }, &client()).await;
        assert_eq!(refused(answer), Some(ErrorCode::WrongCredentials));
    }
    Ok(())
}

#[tokio::test]
async fn adding_one_takes_the_password_and_ones_own_answer() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let add = async |who: &TestPerson, request: &AddPasskey| add_passkey(&world.services, who.viewer, request).await;
    let device = Device::new(&world.config.public_web_url, ada.id)?;
    let asked = begin_passkey(&world.services, ada.viewer).await?;
    let good = adding(device.create(&asked));
    assert_eq!(faults(add(&ada, &AddPasskey { password: "wrong".into(), ..good.clone() }).await), ["password: wrong"]);
    assert_eq!(faults(add(&ada, &AddPasskey { name: " ".into(), ..good.clone() }).await), ["name: required"]);
    assert_eq!(faults(add(&ada, &adding(Value::Null)).await), ["credential: required"]);
    assert_eq!(faults(add(&ada, &adding(json!({ "id": 7 }))).await), ["credential: wrong"]);
    assert_eq!(faults(add(&ben, &good).await), ["credential: wrong"], "asked of another");
    assert_eq!(faults(add(&ada, &good).await), ["credential: wrong"], "it was shown already");
    let again = begin_passkey(&world.services, ada.viewer).await?;
    add(&ada, &adding(device.create(&again))).await?;
    let known = begin_passkey(&world.services, ada.viewer).await?;
    assert_eq!(known.0["excludeCredentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(faults(add(&ada, &adding(device.create(&known))).await), ["credential: wrong"], "it is there");
    let mut foreign = Device::new(&world.config.public_web_url, ada.id)?;
    foreign.origin = "https://elsewhere.example".to_owned();
    let asked = begin_passkey(&world.services, ada.viewer).await?;
    assert_eq!(faults(add(&ada, &adding(foreign.create(&asked))).await), ["credential: wrong"]);
    Ok(())
}

#[tokio::test]
async fn it_is_removed_by_who_knows_the_password_and_outlives_a_new_one() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let (added, mut device) = world.passkey(&ada).await?;
    let remove = async |who: &TestPerson, id, password| remove_passkey(&world.services, who.viewer, id, password).await;
    assert_eq!(faults(remove(&ada, added.id, "wrong").await), ["password: wrong"]);
    assert_eq!(refused(remove(&ben, added.id, PASSWORD).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(remove(&ada, PasskeyId::new(), PASSWORD).await), Some(ErrorCode::NotFound));
    assert!(!is_refused(&world, &mut device).await?);
    remove(&ada, added.id, PASSWORD).await?;
    assert!(is_refused(&world, &mut device).await?);
    // Whoever lost the device comes in by a new password, and the other way round.
    let (_, mut other) = world.passkey(&ada).await?;
    let forgot = balloond_shared::auth::ForgotPassword { email: ada.email.clone() };
    balloond_domain::auth::forgot_password(&world.services, &forgot, &client()).await?;
    let code = world.code(&ada.email).await?;
    let reset = ResetPassword { email: ada.email.clone(), code, password: "another horse".to_owned() };
    reset_password(&world.services, &reset, &client()).await?;
    assert!(!is_refused(&world, &mut other).await?);
    Ok(())
}

#[tokio::test]
async fn twenty_are_the_most() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for _ in 0..MAX_PASSKEYS {
        world.passkey(&ada).await?;
    }
    let device = Device::new(&world.config.public_web_url, ada.id)?;
    let asked = begin_passkey(&world.services, ada.viewer).await?;
    let full = add_passkey(&world.services, ada.viewer, &adding(device.create(&asked))).await;
    assert_eq!(refused(full), Some(ErrorCode::PasskeysFull));
    Ok(())
}

#[tokio::test]
async fn an_account_that_is_gone_or_waits_for_its_code_has_no_way_in() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (_, mut device) = world.passkey(&ada).await?;
    world.execute(&format!("UPDATE users SET verified_at = NULL WHERE id = '{}'", ada.id)).await?;
    assert!(is_refused(&world, &mut device).await?);
    world.execute(&format!("UPDATE users SET verified_at = now(), erased_at = now() WHERE id = '{}'", ada.id)).await?;
    assert!(is_refused(&world, &mut device).await?);
    Ok(())
}
