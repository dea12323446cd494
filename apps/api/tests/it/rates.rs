//! What answers tell of the limits.

use anyhow::Result;
use balloond_shared::ErrorCode;
use serde_json::json;
use uuid::Uuid;

use crate::app::TestApp;

#[tokio::test]
async fn an_answer_tells_what_is_left() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let path = format!("/chats/{chat}/messages");
    let mut left = Vec::new();
    for _ in 0..2 {
        let message = json!({ "client_id": Uuid::now_v7(), "body": "Hello" });
        let answer = ada.post(&path, &message).await?.is(201)?;
        assert_eq!(answer.text_of("ratelimit-policy"), "\"message:user\";q=600;w=10");
        left.push(answer.text_of("ratelimit").to_owned());
    }
    assert!(left.iter().all(|left| left.starts_with("\"message:user\";r=59") && left.ends_with(";t=1")), "{left:?}");
    let answer = ada.get("/me").await?.is(200)?;
    assert_eq!((answer.text_of("ratelimit"), answer.text_of("ratelimit-policy")), ("", ""));
    Ok(())
}

#[tokio::test]
async fn a_refusal_tells_when_to_come_back() -> Result<()> {
    let app = TestApp::start().await?;
    let client = app.anonymous();
    let wrong = json!({ "email": format!("{}@example.com", Uuid::now_v7()), "password": "not a password" });
    let mut refused = None;
    for _ in 0..11 {
        let answer = client.post("/auth/login", &wrong).await?;
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("ten are the most");
    let limits: Vec<_> = refused.text_of("ratelimit").split(", ").map(ToOwned::to_owned).collect();
    let seconds = refused.text_of("retry-after").to_owned();
    assert!(limits[0].starts_with("\"log_in:address\";r=49;"), "{limits:?}");
    assert_eq!(limits[1], format!("\"log_in:account\";r=0;t={seconds}"));
    refused.refused(ErrorCode::RateLimited)?;
    Ok(())
}
