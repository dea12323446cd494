//! Which pages' scripts may read what we answer: the web's.

use anyhow::Result;
use balloond_shared::ErrorCode;
use reqwest::Method;

use crate::app::{TestApp, WEB};

#[tokio::test]
async fn the_webs_pages_may_ask_with_their_cookies() -> Result<()> {
    let app = TestApp::start().await?;
    let page = app.anonymous().header("origin", WEB);
    let preflight = page
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "content-type,if-match")
        .request(Method::OPTIONS, "/api/v1/me", "")
        .await?
        .is(200)?;
    assert_eq!(preflight.text_of("access-control-allow-origin"), WEB);
    assert_eq!(preflight.text_of("access-control-allow-credentials"), "true");
    assert!(preflight.text_of("access-control-allow-methods").contains("PATCH"));
    assert!(preflight.text_of("access-control-allow-headers").contains("if-match"));
    let refused = page.get("/me").await?;
    assert_eq!(refused.text_of("access-control-allow-origin"), WEB, "a page can read why it was refused");
    assert!(refused.text_of("vary").to_lowercase().contains("origin"));
    refused.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn other_pages_are_told_nothing() -> Result<()> {
    let app = TestApp::start().await?;
    for origin in ["http://evil.example", "null", "http://localhost:3001", "https://localhost:3000"] {
        let page = app.anonymous().header("origin", origin);
        let preflight =
            page.header("access-control-request-method", "PATCH").request(Method::OPTIONS, "/api/v1/me", "").await?;
        for answer in [preflight, page.get("/me").await?, page.fetch("/healthz").await?] {
            assert_eq!(answer.text_of("access-control-allow-origin"), "", "{origin}");
        }
    }
    Ok(())
}
