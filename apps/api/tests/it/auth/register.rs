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
async fn an_email_has_one_account_in_whatever_case() -> Result<()> {
    let (app, mut request) = (TestApp::start().await?, ada());
    app.anonymous().post("/auth/register", &request).await?.is(201)?;
    app.anonymous().post("/auth/register", &request).await?.refused(ErrorCode::EmailTaken)?;
    request["email"] = request["email"].as_str().unwrap_or_default().to_uppercase().into();
    app.anonymous().post("/auth/register", &request).await?.refused(ErrorCode::EmailTaken)?;
    Ok(())
}

#[tokio::test]
async fn of_two_registrations_at_once_one_is_taken() -> Result<()> {
    let (app, request) = (TestApp::start().await?, ada());
    let (one, other) = (app.anonymous(), app.anonymous());
    let (one, other) = tokio::join!(one.post("/auth/register", &request), other.post("/auth/register", &request));
    let mut statuses = [one?.status.as_u16(), other?.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
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
