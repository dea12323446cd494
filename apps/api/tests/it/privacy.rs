use anyhow::Result;
use balloond_shared::{ErrorCode, privacy::Privacy};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn settings_are_read_and_changed() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    assert_eq!(ada.get("/me/privacy").await?.is(200)?.json::<Privacy>()?, Privacy::default());
    let changed = ada.patch("/me/privacy", &json!({ "reading": false })).await?.is(200)?.json::<Privacy>()?;
    assert_eq!(changed, Privacy { reading: false, ..Privacy::default() });
    assert_eq!(ada.get("/me/privacy").await?.is(200)?.json::<Privacy>()?, changed);
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_or_not_signed_in_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    assert_eq!(ada.patch("/me/privacy", &json!({ "reading": "no" })).await?.invalid()?, ["reading: malformed"]);
    app.anonymous().get("/me/privacy").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().patch("/me/privacy", &json!({})).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
