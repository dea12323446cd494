//! Whatever goes wrong is answered in one form.

use anyhow::Result;
use balloond_shared::ErrorCode;
use reqwest::Method;

use crate::app::TestApp;

#[tokio::test]
async fn an_address_that_is_none_is_not_found() -> Result<()> {
    let app = TestApp::start().await?;
    for path in
        ["/", "/api", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/me/", "/api/v1/../../etc/passwd", "/%ff"]
    {
        app.anonymous().fetch(path).await?.refused(ErrorCode::NotFound)?;
    }
    Ok(())
}

#[tokio::test]
async fn another_method_is_told_which_ones_there_are() -> Result<()> {
    let app = TestApp::start().await?;
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/me", "GET, PATCH, DELETE, HEAD"),
        (Method::GET, "/api/v1/auth/login", "POST"),
        (Method::DELETE, "/api/v1/balloons/7/catch", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
    ] {
        let answer = app.anonymous().request(method, path, "").await?;
        assert_eq!(answer.text_of("allow"), allowed, "{path}");
        answer.refused(ErrorCode::MethodNotAllowed)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let post = async |kind: &str, body: Vec<u8>| {
        app.anonymous().header("content-type", kind).request(Method::POST, "/api/v1/auth/login", body).await
    };
    for malformed in [&b""[..], b"{", b"nonsense", b"\xff\xfe", br#"{"email": "a", "password": "b"}}"#] {
        post("application/json", malformed.to_vec()).await?.refused(ErrorCode::Malformed)?;
    }
    let deep = format!(r#"{{"more": {}"#, "[".repeat(30_000));
    post("application/json", deep.into_bytes()).await?.refused(ErrorCode::Malformed)?;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"] {
        post(kind, br#"{"email": "a", "password": "b"}"#.to_vec()).await?.refused(ErrorCode::UnsupportedMediaType)?;
    }
    let huge = format!(r#"{{"email": "a", "password": "{}"}}"#, "x".repeat(70_000));
    post("application/json; charset=utf-8", huge.into_bytes()).await?.refused(ErrorCode::PayloadTooLarge)?;
    Ok(())
}

#[tokio::test]
async fn every_answer_has_a_name_and_keeps_a_browser_from_guessing() -> Result<()> {
    let app = TestApp::start().await?;
    for path in ["/healthz", "/api/v1/me", "/api/v1/nothing"] {
        let answer = app.anonymous().header("x-request-id", "edge-1234567").fetch(path).await?;
        assert_eq!(answer.text_of("x-request-id"), "edge-1234567");
        assert_eq!(answer.text_of("x-content-type-options"), "nosniff");
        assert!(answer.text_of("content-security-policy").contains("default-src 'none'"));
        let (one, other) = (app.anonymous().fetch(path).await?, app.anonymous().fetch(path).await?);
        assert!(!one.text_of("x-request-id").is_empty());
        assert_ne!(one.text_of("x-request-id"), other.text_of("x-request-id"));
    }
    Ok(())
}

#[tokio::test]
async fn head_is_get_without_the_body() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let head = ada.request(Method::HEAD, "/api/v1/me", "").await?.is(200)?;
    let get = ada.get("/me").await?;
    assert_eq!((head.body.len(), head.text_of("etag")), (0, get.text_of("etag")));
    Ok(())
}
