//! Proving an email, and what nobody finds out meanwhile.

use std::time::{Duration, Instant};

use anyhow::Result;
use balloond_domain::{
    auth::{authenticate, forgot_password, log_in, register, resend_code, reset_password, verify, verify_account},
    balloon::float,
    job, people, profile,
};
use balloond_shared::{
    ErrorCode,
    auth::{ForgotPassword, Login, Register, ResetPassword, Verify},
    balloon::FloatBalloon,
    people::PeopleQuery,
};
use balloond_testing::{PASSWORD, World, client};
use uuid::Uuid;

use crate::{faults, refused};

fn unique() -> String {
    format!("ada-{}@example.com", Uuid::now_v7().simple())
}

fn registering(email: &str) -> Register {
    Register { email: email.to_owned(), password: PASSWORD.to_owned(), name: "Ada".to_owned(), age: 34 }
}

fn typed(code: &str) -> Verify {
    Verify { code: code.to_owned() }
}

#[tokio::test]
async fn until_it_is_verified_nobody_sees_an_account_and_it_floats_nothing() -> Result<()> {
    let (world, email) = (World::new().await?, unique());
    let ben = world.person("Ben").await?;
    let signed_in = register(&world.services, &registering(&email), &client()).await?;
    let viewer = authenticate(&world.services, &signed_in.token)?;
    let request = FloatBalloon { to: ben.id, note: "Hello".to_owned() };
    assert_eq!(refused(float(&world.services, viewer, &request).await), Some(ErrorCode::Unverified));
    let found = people::search(&world.services, ben.viewer, &PeopleQuery::default()).await?.items;
    assert!(found.is_empty());
    assert_eq!(refused(profile::profile(&world.services, ben.viewer, viewer.user).await), Some(ErrorCode::NotFound));
    let back = FloatBalloon { to: viewer.user, note: "Hello".to_owned() };
    assert_eq!(refused(float(&world.services, ben.viewer, &back).await), Some(ErrorCode::NotFound));

    let code = world.code(&email).await?;
    let me = verify(&world.services, viewer, &typed(&format!(" {} ", code.to_lowercase()))).await?;
    assert!(me.verified);
    assert!(verify(&world.services, viewer, &typed(&code)).await.is_ok(), "it is verified already");
    assert_eq!(refused(float(&world.services, viewer, &request).await), None);
    let found = people::search(&world.services, ben.viewer, &PeopleQuery::default()).await?.items;
    assert!(found.is_empty(), "her balloon waits for him");
    Ok(())
}

#[tokio::test]
async fn a_code_is_right_once_for_a_while_and_for_ten_guesses() -> Result<()> {
    let (world, email) = (World::new().await?, unique());
    let signed_in = register(&world.services, &registering(&email), &client()).await?;
    let viewer = authenticate(&world.services, &signed_in.token)?;
    let first = world.code(&email).await?;
    assert_eq!(faults(verify(&world.services, viewer, &typed(" ")).await), ["code: required"]);
    resend_code(&world.services, viewer).await?;
    let second = world.code(&email).await?;
    assert_ne!(first, second);
    assert_eq!(
        faults(verify(&world.services, viewer, &typed(&first)).await),
        ["code: wrong"],
        "another took its place"
    );
    for _ in 0..10 {
        assert_eq!(faults(verify(&world.services, viewer, &typed("AAAAA-AAAAA")).await), ["code: wrong"]);
    }
    assert_eq!(faults(verify(&world.services, viewer, &typed(&second)).await), ["code: wrong"], "it was guessed at");
    resend_code(&world.services, viewer).await?;
    let third = world.code(&email).await?;
    world.execute("UPDATE mail_codes SET expires_at = now() - interval '1 second'").await?;
    assert_eq!(faults(verify(&world.services, viewer, &typed(&third)).await), ["code: wrong"], "it is too old");
    let stored = world.value("SELECT encode(code_hash, 'escape') AS value FROM mail_codes").await?;
    assert!(!stored.contains(&third.replace('-', "")));
    resend_code(&world.services, viewer).await?;
    let fourth = world.code(&email).await?;
    verify_account(&world.services, viewer.user, &fourth).await?;
    Ok(())
}

#[tokio::test]
async fn the_owner_of_an_account_is_told_and_keeps_it() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let signed_in = register(&world.services, &registering(&ada.email.to_uppercase()), &client()).await?;
    let viewer = authenticate(&world.services, &signed_in.token)?;
    assert!(viewer.user != ada.id && !signed_in.user.verified);
    job::run_due(&world.services, &world.config).await?;
    let mails = world.mails(&ada.email)?;
    assert!(mails.len() == 1 && mails[0].contains("You have a Balloon'd account already"), "{mails:?}");
    assert_eq!(faults(verify(&world.services, viewer, &typed("AAAAA-AAAAA")).await), ["code: wrong"]);
    let login = Login { email: ada.email.clone(), password: PASSWORD.to_owned() };
    assert_eq!(log_in(&world.services, &login, &client()).await?.at_once().expect("signed in").user.profile.id, ada.id);
    Ok(())
}

#[tokio::test]
async fn of_two_who_verify_one_email_the_first_has_it() -> Result<()> {
    let (world, email) = (World::new().await?, unique());
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let signed_in = register(&world.services, &registering(&email), &client()).await?;
        waiting.push((authenticate(&world.services, &signed_in.token)?, world.code(&email).await?));
    }
    assert_eq!(refused(verify(&world.services, waiting[1].0, &typed(&waiting[1].1)).await), None);
    assert_eq!(faults(verify(&world.services, waiting[0].0, &typed(&waiting[0].1)).await), ["code: wrong"]);
    Ok(())
}

#[tokio::test]
async fn who_does_not_verify_is_gone_after_a_day() -> Result<()> {
    let (world, email) = (World::new().await?, unique());
    let ben = world.person("Ben").await?;
    let signed_in = register(&world.services, &registering(&email), &client()).await?;
    world.execute("UPDATE users SET created_at = created_at - interval '25 hours'").await?;
    world.execute("SELECT graphile_worker.add_job('delete_unverified')").await?;
    let viewer = authenticate(&world.services, &signed_in.token)?;
    for _ in 0..2 {
        // One finds it, another erases it.
        job::run_due(&world.services, &world.config).await?;
    }
    assert_eq!(refused(profile::me(&world.services, viewer).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(authenticate(&world.services, &signed_in.token)), Some(ErrorCode::Unauthenticated));
    assert_eq!(world.value("SELECT string_agg(id::text, ' ') AS value FROM users").await?, ben.id.to_string());
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_takes_the_mailbox() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    for email in [ada.email.clone(), unique()] {
        forgot_password(&world.services, &ForgotPassword { email: email.clone() }, &client()).await?;
        job::run_due(&world.services, &world.config).await?;
        assert_eq!(world.mails(&email)?.len(), usize::from(email == ada.email));
    }
    let code = world.code(&ada.email).await?;
    let reset = |email: &str, code: &str, password: &str| ResetPassword {
        email: email.to_owned(),
        code: code.to_owned(),
        password: password.to_owned(),
    };
    let by = async |request: ResetPassword| faults(reset_password(&world.services, &request, &client()).await);
    assert_eq!(by(reset("x", " ", "short")).await, ["email: malformed", "code: required", "password: too_short"]);
    assert_eq!(by(reset(&ada.email, "AAAAA-AAAAA", "another horse")).await, ["code: wrong"]);
    assert_eq!(by(reset(&unique(), &code, "another horse")).await, ["code: wrong"]);
    assert_eq!(by(reset(&ada.email, &code, "another horse")).await, [""; 0]);
    assert_eq!(by(reset(&ada.email, &code, "another horse")).await, ["code: wrong"], "it works once");
    assert_eq!(refused(authenticate(&world.services, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    let login = |password: &str| Login { email: ada.email.clone(), password: password.to_owned() };
    assert!(log_in(&world.services, &login(PASSWORD), &client()).await.is_err());
    assert!(log_in(&world.services, &login("another horse"), &client()).await.is_ok());
    Ok(())
}

/// Not part of every run: it takes a minute, and a machine that does nothing else meanwhile.
#[tokio::test]
#[ignore = "measures time; run it alone with --run-ignored only"]
async fn two_hundred_pairs_of_a_known_and_an_unknown_email_take_the_same_time() -> Result<()> {
    const PAIRS: usize = 200;
    let world = World::new().await?;
    let people = world.crowd("Ada", PAIRS).await?;
    let (mut medians, mut unknown_times, mut known_times) = (Vec::new(), Vec::new(), Vec::new());
    for what in ["register", "log in", "forgot"] {
        unknown_times.clear();
        known_times.clear();
        for (number, person) in people.iter().enumerate() {
            let mut pair = [(unique(), &mut unknown_times), (person.email.clone(), &mut known_times)];
            // Who goes first changes.
            if number % 2 == 0 {
                pair.reverse();
            }
            for (email, times) in pair {
                let (from, begun) = (client(), Instant::now());
                match what {
                    "register" => _ = register(&world.services, &registering(&email), &from).await?,
                    "log in" => {
                        let login = Login { email, password: "a wrong password".to_owned() };
                        assert!(log_in(&world.services, &login, &from).await.is_err());
                    }
                    _ => forgot_password(&world.services, &ForgotPassword { email }, &from).await?,
                }
                times.push(begun.elapsed());
            }
        }
        medians.push((what, median(&mut unknown_times), median(&mut known_times)));
    }
    for (what, unknown, known) in medians {
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        println!("{what}: unknown {unknown:?}, known {known:?}, ratio {ratio:.3}");
        assert!((0.95..=1.05).contains(&ratio), "{what}: unknown {unknown:?}, known {known:?}");
    }
    Ok(())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
