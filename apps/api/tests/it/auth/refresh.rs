use anyhow::Result;
use balloond_shared::{ErrorCode, auth::SignedIn};
use serde_json::{Value, json};

use super::{attributes, kept};
use crate::{app::TestApp, client::Answer};

fn with(token: &str) -> Value {
    json!({ "refresh_token": token })
}

fn tokens(answer: &Answer) -> Result<SignedIn> {
    answer.json()
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_pair() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let mut token = ada.person.signed_in.refresh_token.clone();
    for _ in 0..3 {
        let answer = app.anonymous().post("/auth/refresh", &with(&token)).await?.is(200)?;
        assert_eq!(answer.cookies(), [""; 0]);
        let next = tokens(&answer)?;
        assert_ne!(next.refresh_token, token);
        app.anonymous().bearer(&next.token).get("/me").await?.is(200)?;
        token = next.refresh_token;
    }
    let stored =
        app.world.value("SELECT string_agg(encode(token_hash, 'base64'), ' ') AS value FROM refresh_tokens").await?;
    assert!(!stored.contains(&token), "only hashes are stored");
    Ok(())
}

#[tokio::test]
async fn a_browser_refreshes_by_its_cookie() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let cookie = format!("refresh={}", ada.person.signed_in.refresh_token);
    let answer = app.anonymous().browser(&cookie).act("/auth/refresh").await?.is(200)?;
    assert_eq!(attributes(&answer).into_keys().collect::<Vec<_>>(), ["refresh", "session"]);
    let cookies = kept(&answer);
    assert!(cookies.contains(&tokens(&answer)?.refresh_token));
    app.anonymous().browser(&cookies).get("/me").await?.is(200)?;
    app.anonymous().browser(&cookies).act("/auth/refresh").await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn tabs_that_refresh_at_once_get_one_successor() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let ada = app.person("Ada").await?;
    let request = with(&ada.person.signed_in.refresh_token);
    let (one, two, three) = (app.anonymous(), other.anonymous(), app.anonymous());
    let answers = tokio::join!(
        one.post("/auth/refresh", &request),
        two.post("/auth/refresh", &request),
        three.post("/auth/refresh", &request)
    );
    let next = tokens(&answers.0?.is(200)?)?.refresh_token;
    for answer in [answers.1, answers.2] {
        assert_eq!(tokens(&answer?.is(200)?)?.refresh_token, next);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_replayed_later_ends_its_session() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let stolen = with(&ada.person.signed_in.refresh_token);
    let next = tokens(&app.anonymous().post("/auth/refresh", &stolen).await?.is(200)?)?;
    app.world.execute("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '31 seconds'").await?;
    app.anonymous().post("/auth/refresh", &stolen).await?.refused(ErrorCode::Unauthenticated)?;
    let successor = with(&next.refresh_token);
    app.anonymous().post("/auth/refresh", &successor).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().bearer(&next.token).get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_token_of_ours_or_has_expired_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for token in ["", "nonsense", &"A".repeat(43), ada.person.signed_in.token.as_str()] {
        app.anonymous().post("/auth/refresh", &with(token)).await?.refused(ErrorCode::Unauthenticated)?;
    }
    app.anonymous().act("/auth/refresh").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().browser("refresh=").act("/auth/refresh").await?.refused(ErrorCode::Unauthenticated)?;
    assert_eq!(app.anonymous().post("/auth/refresh", &json!({})).await?.invalid()?, ["refresh_token: required"]);
    app.world.execute("UPDATE sessions SET expires_at = now()").await?;
    let expired = with(&ada.person.signed_in.refresh_token);
    app.anonymous().post("/auth/refresh", &expired).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
