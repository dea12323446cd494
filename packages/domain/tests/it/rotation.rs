//! Changing the key that seals, as docs/OPERATIONS.md says.

use anyhow::{Context, Result};
use balloond_domain::{
    auth::{LoggedIn, begin_second_step, confirm_second_step, log_in, take_second_step},
    job,
};
use balloond_shared::{
    auth::Login,
    second_step::{ConfirmSecondStep, SecondStep, WithPassword},
};
use balloond_testing::{PASSWORD, TestPerson, World, client, database, totp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;

/// A setting of one key, made just now.
fn key(name: &str) -> String {
    format!("{name}:{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

async fn code_is_taken(world: &World, ada: &TestPerson, secret: &str, steps: i64) -> Result<bool> {
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    let LoggedIn::SecondStep(needed) = log_in(&world.services, &login, &client()).await? else { return Ok(false) };
    let code = totp(secret, Utc::now().timestamp() / 30 + steps);
    let step = SecondStep { ticket: needed.ticket, code };
    Ok(take_second_step(&world.services, &step, &client()).await.is_ok())
}

async fn under_the_old(world: &World) -> Result<String> {
    world
        .value("SELECT count(*)::text AS value FROM totp_secrets WHERE substring(sealed FROM 2 FOR get_byte(sealed, 0)) = 'a1'::bytea")
        .await
}

#[tokio::test]
async fn the_old_sealing_key_goes_and_nobody_notices() -> Result<()> {
    let url = database::create().await?;
    let with = |keys: &str| World::with(&[("DATABASE_URL", &url), ("SEALING_KEYS", keys)]);
    let (old, new) = (key("a1"), key("b2"));
    let before = with(&old)?;
    let ada = before.person("Ada").await?;
    let password = WithPassword { password: PASSWORD.to_owned() };
    let secret = begin_second_step(&before.services, ada.viewer, &password).await?.secret;
    let code = totp(&secret, Utc::now().timestamp() / 30 - 1);
    confirm_second_step(&before.services, ada.viewer, &ConfirmSecondStep { code }).await?;
    // And a secret under a key that nobody has.
    let stranger = before.person("Ben").await?;
    before
        .execute(&format!(
            "INSERT INTO totp_secrets (user_id, sealed) VALUES ('{}', '\\x02' || 'zz'::bytea || '\\x00')",
            stranger.id
        ))
        .await?;
    assert_eq!(under_the_old(&before).await?, "1");

    // Both keys, the new one first: what was sealed works, and the job brings it under the new one.
    let both = with(&format!("{new},{old}"))?;
    assert!(code_is_taken(&both, &ada, &secret, 0).await?);
    both.execute("SELECT graphile_worker.add_job('reseal_secrets')").await?;
    job::run_due(&both.services, &both.config).await?;
    assert_eq!(under_the_old(&both).await?, "0");

    // The old one can go.
    let after = with(&new)?;
    assert!(code_is_taken(&after, &ada, &secret, 1).await.context("under the new key")?);
    let left = after
        .value("SELECT count(*)::text AS value FROM totp_secrets WHERE sealed = '\\x02' || 'zz'::bytea || '\\x00'");
    assert_eq!(left.await?, "1", "what cannot be opened stays as it is");
    Ok(())
}
