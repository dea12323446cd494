use anyhow::Result;
use balloond_shared::{ErrorCode, auth::SignedIn};
use balloond_testing::{PASSWORD, eventually};
use serde_json::json;

use super::attributes;
use crate::app::TestApp;

#[tokio::test]
async fn a_session_ends_at_once_and_no_other_does() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let log_in = json!({ "email": ada.person.email, "password": PASSWORD });
    let elsewhere: SignedIn = app.anonymous().post("/auth/login", &log_in).await?.is(200)?.json()?;
    assert_eq!(ada.act("/auth/logout").await?.is(204)?.cookies(), [""; 0]);
    ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    ada.act("/auth/logout").await?.refused(ErrorCode::Unauthenticated)?;
    let token = json!({ "refresh_token": ada.person.signed_in.refresh_token });
    app.anonymous().post("/auth/refresh", &token).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().bearer(&elsewhere.token).get("/me").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn other_processes_hear_of_it() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let ada = app.person("Ada").await?;
    let there = other.user(ada.person.clone());
    there.get("/me").await?.is(200)?;
    ada.act("/auth/logout").await?.is(204)?;
    eventually("the other process", async || Ok(there.get("/me").await?.status == 401)).await?;
    let late = app.another().await?;
    let there = late.user(ada.person.clone());
    eventually("a process that started later", async || Ok(there.get("/me").await?.status == 401)).await
}

#[tokio::test]
async fn a_browsers_cookies_go_also_when_its_access_token_has_gone_before() -> Result<()> {
    let app = TestApp::start().await?;
    for with_session in [true, false] {
        let ada = app.person("Ada").await?;
        let signed_in = &ada.person.signed_in;
        let mut cookies = format!("refresh={}", signed_in.refresh_token);
        if with_session {
            cookies.push_str(&format!("; session={}", signed_in.token));
        }
        let answer = app.anonymous().browser(&cookies).act("/auth/logout").await?.is(204)?;
        for attributes in attributes(&answer).into_values() {
            assert_eq!(attributes, ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax"]);
        }
        assert_eq!(answer.cookies().len(), 2);
        ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    }
    app.anonymous().browser("").act("/auth/logout").await?.is(204)?;
    app.anonymous().act("/auth/logout").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
