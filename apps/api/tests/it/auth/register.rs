use anyhow::Result;
use balloond_shared::{ErrorCode, auth::SignedIn, profile::Me};
use balloond_testing::PASSWORD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{attributes, kept};
use crate::app::TestApp;

fn ada() -> Value {
    let email = format!("Ada-{}@Example.com", Uuid::now_v7());
    json!({ "email": email, "password": PASSWORD, "name": "Ada", "age": 36 })
}

#[tokio::test]
async fn an_api_client_gets_tokens_and_no_cookie() -> Result<()> {
    let (app, request) = (TestApp::start().await?, ada());
    let answer = app.anonymous().post("/auth/register", &request).await?.is(201)?;
    assert_eq!(answer.cookies(), [""; 0]);
    let signed_in: SignedIn = answer.json()?;
    assert_eq!(Some(signed_in.user.email), request["email"].as_str().map(str::to_lowercase));
    assert_eq!((signed_in.user.profile.name.as_str(), signed_in.user.profile.age), ("Ada", 36));
    assert_eq!(signed_in.expires_in, 600);
    let me: Me = app.anonymous().bearer(&signed_in.token).get("/me").await?.is(200)?.json()?;
    assert_eq!(me.profile, signed_in.user.profile);
    Ok(())
}

#[tokio::test]
async fn a_browser_gets_cookies_out_of_scripts_reach() -> Result<()> {
    let app = TestApp::start().await?;
    let answer = app.anonymous().browser("").post("/auth/register", &ada()).await?.is(201)?;
    let set = attributes(&answer);
    assert_eq!(set["session"], ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax"]);
    assert_eq!(set["refresh"], ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"]);
    app.anonymous().browser(&kept(&answer)).get("/me").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn over_https_cookies_are_secure_and_bound_to_the_host() -> Result<()> {
    let https = "https://balloond.example";
    let app = TestApp::start_with(&[("PUBLIC_WEB_URL", https), ("PUBLIC_API_URL", https)]).await?;
    let answer = app.anonymous().header("origin", https).post("/auth/register", &ada()).await?.is(201)?;
    let set = attributes(&answer);
    assert_eq!(set["__Host-session"], ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(set["__Host-refresh"], ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
    assert!(answer.text_of("strict-transport-security").starts_with("max-age="));
    Ok(())
}

#[tokio::test]
async fn an_email_with_an_account_is_answered_like_any_other() -> Result<()> {
    let app = TestApp::start().await?;
    let known = app.person("Ada").await?;
    let mut answers = Vec::new();
    for email in [known.person.email.to_uppercase(), format!("nobody-{}@example.com", Uuid::now_v7().simple())] {
        let request = json!({ "email": email, "password": PASSWORD, "name": "Ada", "age": 36 });
        let answer = app.anonymous().post("/auth/register", &request).await?.is(201)?;
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        let mut body: Value = answer.json()?;
        assert_eq!(body["user"]["verified"], false);
        for (part, field) in
            [("", "token"), ("", "refresh_token"), ("user", "id"), ("user", "email"), ("user", "joined_at")]
        {
            let part = if part.is_empty() { &mut body } else { &mut body[part] };
            part[field] = Value::Null;
        }
        answers.push((headers, body));
    }
    assert_eq!(answers[0], answers[1]);
    Ok(())
}

#[tokio::test]
async fn who_is_not_verified_fills_in_a_profile_and_no_more() -> Result<()> {
    let (app, request) = (TestApp::start().await?, ada());
    let ben = app.person("Ben").await?;
    let signed_in: SignedIn = app.anonymous().post("/auth/register", &request).await?.is(201)?.json()?;
    let (ada, email) = (app.anonymous().bearer(&signed_in.token), signed_in.user.email.clone());
    ada.patch("/me", &json!({ "bio": "Tea." })).await?.is(200)?;
    let balloon = json!({ "to": ben.id, "note": "Hello" });
    ada.post("/balloons", &balloon).await?.refused(ErrorCode::Unverified)?;
    ben.get(&format!("/users/{}", signed_in.user.profile.id)).await?.refused(ErrorCode::NotFound)?;
    let log_in = json!({ "email": email, "password": PASSWORD });
    app.anonymous().post("/auth/login", &log_in).await?.refused(ErrorCode::WrongCredentials)?;
    assert_eq!(ada.post("/me/verify", &json!({ "code": "AAAAA-AAAAA" })).await?.invalid()?, ["code: wrong"]);
    let code = app.world.code(&email).await?;
    let me: Me = ada.post("/me/verify", &json!({ "code": code })).await?.is(200)?.json()?;
    assert!(me.verified);
    ada.post("/balloons", &balloon).await?.is(201)?;
    app.anonymous().post("/auth/login", &log_in).await?.is(200)?;
    app.anonymous().post("/me/verify", &json!({ "code": code })).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let mut socket = ada.connect().await?;
    for email in [ada.person.email.clone(), "nobody@example.com".to_owned()] {
        let answer = app.anonymous().post("/auth/forgot", &json!({ "email": email })).await?.is(202)?;
        assert!(answer.body.is_empty());
    }
    assert_eq!(app.anonymous().post("/auth/forgot", &json!({ "email": "x" })).await?.invalid()?, ["email: malformed"]);
    let code = app.world.code(&ada.person.email).await?;
    let reset = |email: &str, code: &str| json!({ "email": email, "code": code, "password": "another horse" });
    for (email, code) in [(ada.person.email.as_str(), "AAAAA-AAAAA"), ("nobody@example.com", code.as_str())] {
        assert_eq!(app.anonymous().post("/auth/reset", &reset(email, code)).await?.invalid()?, ["code: wrong"]);
    }
    app.anonymous().post("/auth/reset", &reset(&ada.person.email, &code)).await?.is(204)?;
    assert_eq!(socket.closed().await?, 4401);
    assert_eq!(
        app.anonymous().post("/auth/reset", &reset(&ada.person.email, &code)).await?.invalid()?,
        ["code: wrong"]
    );
    let log_in = json!({ "email": ada.person.email, "password": "another horse" });
    app.anonymous().post("/auth/login", &log_in).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn every_fault_is_named() -> Result<()> {
    let (app, mut request) = (TestApp::start().await?, ada());
    let bad = json!({ "email": "ada", "password": "short", "name": " ", "age": 17 });
    let faults = app.anonymous().post("/auth/register", &bad).await?.invalid()?;
    assert_eq!(faults, ["email: malformed", "password: too_short", "name: required", "age: out_of_range"]);
    request["age"] = "36".into();
    assert_eq!(app.anonymous().post("/auth/register", &request).await?.invalid()?, ["age: malformed"]);
    assert_eq!(app.anonymous().post("/auth/register", &json!({})).await?.invalid()?, ["email: required"]);
    Ok(())
}
