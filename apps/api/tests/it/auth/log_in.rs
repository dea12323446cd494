use anyhow::Result;
use balloond_shared::{ErrorCode, auth::SignedIn};
use balloond_testing::{PASSWORD, totp};
use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attributes;
use crate::{
    app::TestApp,
    client::{Answer, Client},
};

fn with(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

fn unknown() -> String {
    format!("nobody-{}@example.com", Uuid::now_v7())
}

#[tokio::test]
async fn the_right_password_signs_in() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let email = format!(" {} ", ada.person.email.to_uppercase());
    let answer = app.anonymous().post("/auth/login", &with(&email, PASSWORD)).await?.is(200)?;
    assert_eq!(answer.cookies(), [""; 0]);
    let signed_in: SignedIn = answer.json()?;
    assert_eq!(signed_in.user.profile.id, ada.id);
    app.anonymous().bearer(&signed_in.token).get("/me").await?.is(200)?;
    let answer = app.anonymous().browser("").post("/auth/login", &with(&email, PASSWORD)).await?.is(200)?;
    assert_eq!(attributes(&answer).into_keys().collect::<Vec<_>>(), ["refresh", "session"]);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let wrong = app.anonymous().post("/auth/login", &with(&ada.person.email, "wrong horse")).await?;
    let nobody = app.anonymous().post("/auth/login", &with(&unknown(), "wrong horse")).await?;
    let no_email = app.anonymous().post("/auth/login", &with("no email", "wrong horse")).await?;
    assert_eq!(wrong.text(), nobody.text());
    assert_eq!(wrong.text(), no_email.text());
    for answer in [wrong, nobody, no_email] {
        assert_eq!(answer.text_of("www-authenticate"), "Bearer");
        answer.refused(ErrorCode::WrongCredentials)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_second_step_is_asked_for_and_taken() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let password = json!({ "password": PASSWORD });
    for (method, path) in
        [("POST", "/me/second-step"), ("DELETE", "/me/second-step"), ("POST", "/me/second-step/confirm")]
    {
        let anonymous = app.anonymous();
        let answer = if method == "POST" {
            anonymous.post(path, &password).await?
        } else {
            anonymous.delete_with(path, &password).await?
        };
        answer.refused(ErrorCode::Unauthenticated)?;
    }
    let enrolment: Value = ada.post("/me/second-step", &password).await?.is(201)?.json()?;
    let secret = enrolment["secret"].as_str().unwrap_or_default();
    let code = |steps| totp(secret, Utc::now().timestamp() / 30 + steps);
    ada.post("/me/second-step/confirm", &json!({ "code": code(-1) })).await?.is(200)?;
    let state: Value = ada.get("/me/second-step").await?.is(200)?.json()?;
    assert_eq!(state, json!({ "is_on": true, "recovery_codes": 10 }));
    ada.post("/me/second-step", &password).await?.refused(ErrorCode::SecondStepOn)?;

    let log_in = with(&ada.person.email, PASSWORD);
    let browser = app.anonymous().browser("");
    let needed = browser.post("/auth/login", &log_in).await?.is(202)?;
    assert_eq!(needed.cookies(), [""; 0], "nobody is signed in yet");
    let needed: Value = needed.json()?;
    assert_eq!(needed["expires_in"], 300);
    let step = |code: &str| json!({ "ticket": needed["ticket"], "code": code });
    assert_eq!(browser.post("/auth/second-step", &step("000000")).await?.invalid()?, ["code: wrong"]);
    let answer = browser.post("/auth/second-step", &step(&code(0))).await?.is(200)?;
    assert_eq!(attributes(&answer).into_keys().collect::<Vec<_>>(), ["refresh", "session"]);
    let none = json!({ "ticket": "none", "code": code(1) });
    browser.post("/auth/second-step", &none).await?.refused(ErrorCode::Unauthenticated)?;
    ada.delete_with("/me/second-step", &password).await?.is(204)?;
    app.anonymous().post("/auth/login", &log_in).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn both_fields_are_needed() -> Result<()> {
    let app = TestApp::start().await?;
    let faults = app.anonymous().post("/auth/login", &with(" ", "")).await?.invalid()?;
    assert_eq!(faults, ["email: required", "password: required"]);
    Ok(())
}

/// Logs in until it is refused for the number of tries, which has to be after `expected`.
async fn until_limited(expected: usize, mut log_in: impl AsyncFnMut() -> Result<Answer>) -> Result<u64> {
    for tried in 0..2 * expected {
        let answer = log_in().await?;
        if answer.status == 429 {
            assert!(tried >= expected, "refused after {tried}");
            let header: u64 = answer.text_of("retry-after").parse()?;
            assert_eq!(answer.refused(ErrorCode::RateLimited)?.retry_after, Some(header));
            return Ok(header);
        }
    }
    anyhow::bail!("it was never refused")
}

#[tokio::test]
async fn guessing_one_accounts_password_is_stopped_wherever_it_comes_from() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let guess = with(&ada.person.email, "wrong horse");
    let wait = until_limited(10, async || app.anonymous().post("/auth/login", &guess).await).await?;
    assert!((1..=90).contains(&wait), "{wait}");
    let right = app.anonymous().post("/auth/login", &with(&ada.person.email, PASSWORD)).await?;
    right.refused(ErrorCode::RateLimited)?;
    app.anonymous().post("/auth/login", &with(&ben.person.email, PASSWORD)).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn trying_many_accounts_from_one_address_is_stopped() -> Result<()> {
    let app = TestApp::start().await?;
    let thief: Client = app.anonymous();
    let wait = until_limited(60, async || thief.post("/auth/login", &with(&unknown(), "stolen")).await).await?;
    assert!((1..=5).contains(&wait), "{wait}");
    let ada = app.person("Ada").await?;
    app.anonymous().post("/auth/login", &with(&ada.person.email, PASSWORD)).await?.is(200)?;
    Ok(())
}
