use anyhow::Result;
use balloond_shared::{ErrorCode, UserId, profile::Profile};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_public_profile_is_all_but_the_private() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let path = format!("/users/{}", ada.id);
    for _ in 0..2 {
        let answer = ben.get(&path).await?.is(200)?;
        assert_eq!(answer.json::<Profile>()?, ada.person.signed_in.user.profile);
        assert!(!answer.text().contains('@') && !answer.text().contains("version"));
    }
    ada.patch("/me", &json!({ "bio": "New." })).await?.is(200)?;
    assert_eq!(ben.get(&path).await?.json::<Profile>()?.bio, "New.", "the cache was told");
    Ok(())
}

#[tokio::test]
async fn who_is_not_there_is_not_found() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for id in [UserId::new().to_string().as_str(), "7", "me", "%00"] {
        ada.get(&format!("/users/{id}")).await?.refused(ErrorCode::NotFound)?;
    }
    app.anonymous().get(&format!("/users/{}", ada.id)).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
