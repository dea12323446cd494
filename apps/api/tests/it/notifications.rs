use anyhow::Result;
use balloond_domain::job;
use balloond_shared::{
    ErrorCode,
    event::ClientEvent,
    notification::{NotificationSettings, Notifications, QuietHours},
};
use balloond_testing::{Browser, PushReceiver};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn settings_are_read_and_set() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let first: Notifications = ada.get("/me/notifications").await?.is(200)?.json()?;
    assert_eq!((first.settings, first.push), (NotificationSettings::default(), false), "off by default");
    assert_eq!(first.push_key.map(|key| key.len()), Some(87));
    let quiet = json!({ "from": "22:00", "until": "07:30", "time_zone": "Europe/Berlin" });
    let set: Notifications =
        ada.put("/me/notifications", &json!({ "shows_text": true, "quiet": quiet })).await?.is(200)?.json()?;
    let expected = QuietHours { from: "22:00".into(), until: "07:30".into(), time_zone: "Europe/Berlin".into() };
    assert_eq!(set.settings, NotificationSettings { shows_text: true, digest: false, quiet: Some(expected) });
    assert_eq!(ada.get("/me/notifications").await?.json::<Notifications>()?, set);
    let off: Notifications = ada.put("/me/notifications", &json!({})).await?.is(200)?.json()?;
    assert_eq!(off.settings, NotificationSettings::default());
    Ok(())
}

#[tokio::test]
async fn a_browser_is_woken_until_it_is_not() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let wanted = Browser::at("https://push.example.com/abc")?.subscription();
    let is_on = async || Ok::<_, anyhow::Error>(ada.get("/me/notifications").await?.json::<Notifications>()?.push);
    ada.post("/me/push", &wanted).await?.is(204)?;
    ada.post("/me/push", &wanted).await?.is(204)?;
    assert!(is_on().await?);
    ada.delete("/me/push").await?.is(204)?;
    ada.delete("/me/push").await?.is(204)?;
    assert!(!is_on().await?);
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_or_not_signed_in_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let quiet = |zone: &str| json!({ "quiet": { "from": "24:00", "until": "07:00", "time_zone": zone } });
    assert_eq!(
        ada.put("/me/notifications", &quiet("")).await?.invalid()?,
        ["quiet.from: malformed", "quiet.time_zone: required"]
    );
    let nowhere = json!({ "quiet": { "from": "22:00", "until": "07:00", "time_zone": "Europe/Nowhere" } });
    assert_eq!(ada.put("/me/notifications", &nowhere).await?.invalid()?, ["quiet.time_zone: malformed"]);

    let right = Browser::at("https://push.example.com/abc")?.subscription();
    for endpoint in [
        "http://127.0.0.1:9100/metrics",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://a.example.com:22/",
    ] {
        let inside = json!({ "endpoint": endpoint, "keys": right.keys });
        assert_eq!(ada.post("/me/push", &inside).await?.invalid()?, ["endpoint: not_allowed"], "{endpoint}");
    }
    let wrong = json!({ "endpoint": "x", "keys": { "p256dh": "x", "auth": "x" } });
    assert_eq!(ada.post("/me/push", &wrong).await?.invalid()?, ["endpoint: malformed", "keys: malformed"]);
    assert_eq!(ada.post("/me/push", &json!({ "endpoint": "x" })).await?.invalid()?, ["keys: required"]);

    let anonymous = app.anonymous();
    anonymous.get("/me/notifications").await?.refused(ErrorCode::Unauthenticated)?;
    anonymous.put("/me/notifications", &json!({})).await?.refused(ErrorCode::Unauthenticated)?;
    anonymous.post("/me/push", &right).await?.refused(ErrorCode::Unauthenticated)?;
    anonymous.delete("/me/push").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn without_a_key_nobody_is_woken() -> Result<()> {
    let app = TestApp::start_with(&[("VAPID_KEY", "")]).await?;
    let ada = app.person("Ada").await?;
    assert_eq!(ada.get("/me/notifications").await?.is(200)?.json::<Notifications>()?.push_key, None);
    let wanted = Browser::at("https://push.example.com/abc")?.subscription();
    ada.post("/me/push", &wanted).await?.refused(ErrorCode::NotFound)?;
    Ok(())
}

#[tokio::test]
async fn whoever_has_a_socket_is_not_called_and_does_not_have_to_show_it() -> Result<()> {
    let app = TestApp::start_with(&[("PUSH_TO_LOCAL", "true")]).await?;
    let service = PushReceiver::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    ben.patch("/me/privacy", &json!({ "presence": false })).await?.is(200)?;
    ben.post("/me/push", &service.browser()?.subscription()).await?.is(204)?;
    let mut socket = ben.connect().await?;
    socket.send(ClientEvent::Subscribe { chat, since: 0 }).await?;
    socket.settled().await?;
    app.world.send(&ada.person, chat, "Are you there?").await?;
    job::run_due(&app.world.services, &app.world.config).await?;
    assert!(service.pushed().is_empty());
    let again = "SELECT (run_at > now() + interval '20 seconds')::text AS value FROM graphile_worker.jobs WHERE key LIKE 'call:%:%'";
    assert_eq!(app.world.value(again).await?, "true", "it is looked at once more");
    Ok(())
}
