//! From where a browser may change something: from our own pages.

use anyhow::Result;
use balloond_shared::{ErrorCode, profile::Me};
use serde_json::json;

use crate::app::{TestApp, WEB};

#[tokio::test]
async fn a_foreign_page_changes_nothing_whatever_it_holds() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let cookie = format!("session={}", ada.person.signed_in.token);
    let cookied = app.anonymous().header("cookie", &cookie);
    let from = [
        cookied.header("origin", "http://evil.example"),
        cookied.header("origin", "null"),
        cookied.header("origin", "http://localhost:3001"),
        cookied.header("sec-fetch-site", "cross-site"),
        cookied.header("sec-fetch-site", "same-site"),
        cookied.clone(),
        ada.header("origin", "http://evil.example"),
    ];
    for page in from {
        page.patch("/me", &json!({ "bio": "x" })).await?.refused(ErrorCode::ForeignOrigin)?;
        page.act("/auth/logout").await?.refused(ErrorCode::ForeignOrigin)?;
        page.delete(&format!("/me/photos/{}", ada.id)).await?.refused(ErrorCode::ForeignOrigin)?;
        page.put("/me/photos/order", &json!({ "photos": [] })).await?.refused(ErrorCode::ForeignOrigin)?;
    }
    assert_eq!(ada.get("/me").await?.is(200)?.json::<Me>()?, ada.person.signed_in.user);
    Ok(())
}

#[tokio::test]
async fn our_own_pages_and_programs_do() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let cookie = format!("session={}", ada.person.signed_in.token);
    for page in [
        app.anonymous().browser(&cookie),
        app.anonymous().header("cookie", &cookie).header("sec-fetch-site", "same-origin"),
        ada.header("origin", WEB),
        ada.header("sec-fetch-site", "none"),
    ] {
        page.patch("/me", &json!({ "bio": "x" })).await?.is(200)?;
    }
    Ok(())
}
