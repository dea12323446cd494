use std::{
    io::Write,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use balloond_domain::{
    Client,
    auth::{authenticate, log_in},
};
use balloond_shared::{ErrorCode, auth::Login};
use balloond_testing::{PASSWORD, World, client};

use crate::{faults, refused};

fn login(email: &str, password: &str) -> Login {
    Login { email: email.to_owned(), password: password.to_owned() }
}

#[tokio::test]
async fn the_right_password_opens_a_session_of_its_own() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let from = Client {
        address: "::ffff:203.0.113.7".parse::<IpAddr>()?,
        user_agent: format!("Browser\n{}", "x".repeat(600)),
    };
    let signed_in = log_in(&world.services, &login(&format!(" {} ", ada.email.to_uppercase()), PASSWORD), &from)
        .await?
        .at_once()
        .expect("signed in");
    let viewer = authenticate(&world.services, &signed_in.token)?;
    assert!(viewer.user == ada.id && viewer.session != ada.viewer.session);
    assert_eq!(signed_in.user, ada.signed_in.user);
    let kept =
        "SELECT address || ' ' || char_length(user_agent) AS value FROM sessions ORDER BY created_at DESC LIMIT 1";
    assert_eq!(world.value(kept).await?, "203.0.113.7 512");
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_told_alike() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let long = "x".repeat(10_000);
    for (email, password) in [
        (ada.email.as_str(), "wrong password"),
        (ada.email.as_str(), long.as_str()),
        ("nobody@example.com", PASSWORD),
        ("not an email", PASSWORD),
        ("nul\0@example.com", PASSWORD),
    ] {
        let error = log_in(&world.services, &login(email, password), &client()).await.err().expect("refused").to_api();
        assert_eq!(error, balloond_shared::ApiError::new(ErrorCode::WrongCredentials), "{email}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_typed_is_a_fault_of_its_field() -> Result<()> {
    let world = World::new().await?;
    let named = faults(log_in(&world.services, &login(" ", ""), &client()).await);
    assert_eq!(named, ["email: required", "password: required"]);
    Ok(())
}

#[tokio::test]
async fn guessing_at_one_account_is_stopped_wherever_it_comes_from() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    for _ in 0..10 {
        let refusal = refused(log_in(&world.services, &login(&ada.email, "wrong password"), &client()).await);
        assert_eq!(refusal, Some(ErrorCode::WrongCredentials));
    }
    let refusal =
        log_in(&world.services, &login(&ada.email, PASSWORD), &client()).await.err().expect("refused").to_api();
    assert_eq!(refusal.code, ErrorCode::RateLimited);
    assert!(refusal.retry_after.is_some_and(|seconds| (1..=90).contains(&seconds)), "{refusal:?}");
    assert_eq!(refused(log_in(&world.services, &login(&ben.email, PASSWORD), &client()).await), None);
    Ok(())
}

#[tokio::test]
async fn logging_in_gives_the_attempts_back() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for _ in 0..3 {
        for _ in 0..6 {
            log_in(&world.services, &login(&ada.email, "wrong password"), &client()).await.err().expect("refused");
        }
        assert_eq!(refused(log_in(&world.services, &login(&ada.email, PASSWORD), &client()).await), None);
    }
    Ok(())
}

#[tokio::test]
async fn guessing_from_one_address_is_stopped_whomever_it_is_at() -> Result<()> {
    let world = World::new().await?;
    let here = client();
    let mut refusal = None;
    for attempt in 0..80 {
        let request = login(&format!("nobody-{attempt}@example.com"), "a common password");
        refusal = refused(log_in(&world.services, &request, &here).await);
        if refusal == Some(ErrorCode::RateLimited) {
            break;
        }
    }
    assert_eq!(refusal, Some(ErrorCode::RateLimited));
    Ok(())
}

#[tokio::test]
async fn a_hash_of_the_past_is_replaced_when_its_owner_logs_in() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let costs = Params::new(64, 1, 1, None)?;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs).hash_password(PASSWORD.as_bytes())?;
    world.execute(&format!("UPDATE users SET password_hash = '{weak}'")).await?;
    assert_eq!(refused(log_in(&world.services, &login(&ada.email, PASSWORD), &client()).await), None);
    let stored = world.value("SELECT password_hash AS value FROM users").await?;
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(refused(log_in(&world.services, &login(&ada.email, PASSWORD), &client()).await), None);
    Ok(())
}

/// What was logged meanwhile.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_in_and_a_refusal_are_a_line_each_that_says_nothing_of_whom() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let from = Client { address: "203.0.113.7".parse()?, user_agent: "Browser of Ada".to_owned() };
    assert!(log_in(&world.services, &login(&ada.email, "wrong horse"), &from).await.is_err());
    let signed_in = log_in(&world.services, &login(&ada.email, PASSWORD), &from).await?.at_once().expect("signed in");
    let session = authenticate(&world.services, &signed_in.token)?.session.to_string();
    let logged = String::from_utf8(lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone())?;
    let line = |what: &str| logged.lines().find(|line| line.contains(what)).unwrap_or_default().to_owned();
    assert!(line("a log-in was refused").contains("203.0.113.…"), "{logged}");
    assert!(line("signed in").contains(&session), "{logged}");
    for private in [ada.email.as_str(), PASSWORD, "wrong horse", "203.0.113.7", "Browser of Ada", &ada.id.to_string()] {
        assert!(!logged.contains(private), "{private} in {logged}");
    }
    Ok(())
}
