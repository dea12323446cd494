use anyhow::Result;
use balloond_shared::{
    ErrorCode, Page,
    auth::SignedIn,
    event::ServerEvent,
    moderation::{PersonEntry, PersonFile, ReportCase, ReportFile, Suspension, SuspensionCase},
    staff::StaffRole,
};
use balloond_testing::PASSWORD;
use serde_json::json;

use crate::{admin::with_role, app::TestApp};

#[tokio::test]
async fn a_suspension_ends_sockets_and_leaves_a_few_doors() -> Result<()> {
    let app = TestApp::start().await?;
    let (ivo, joy) =
        (with_role(&app, "Ivo", StaffRole::Moderator).await?, with_role(&app, "Joy", StaffRole::Moderator).await?);
    let (ada, ben, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    let balloon = app.world.float(&ada.person, &cyd.person).await?.id;
    let (mut hers, mut his) = (ada.listen(chat).await?, cyd.connect().await?);
    let path = format!("/admin/people/{}", ada.id);
    let found: Page<PersonEntry> = ivo.get(&format!("/admin/people?q={}", ada.id)).await?.is(200)?.json()?;
    assert_eq!(found.items[0].id, ada.id);
    ivo.post(&format!("{path}/suspend"), &json!({ "reason": "Unkind", "days": 30 })).await?.is(204)?;
    assert_eq!(hers.closed().await?, 4401);
    loop {
        if his.next().await? == (ServerEvent::BalloonGone { balloon }) {
            break;
        }
    }
    ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;

    let log_in = json!({ "email": ada.person.email, "password": PASSWORD });
    let signed_in: SignedIn = app.anonymous().post("/auth/login", &log_in).await?.is(200)?.json()?;
    let held = app.anonymous().bearer(&signed_in.token);
    for path in ["/me", "/people", "/chats", "/balloons", "/realtime", "/me/sessions"] {
        held.get(path).await?.refused(ErrorCode::Suspended)?;
    }
    held.post(&format!("/chats/{chat}/messages"), &json!({ "client_id": chat, "body": "Hi" }))
        .await?
        .refused(ErrorCode::Suspended)?;
    held.get("/admin/reports").await?.refused(ErrorCode::NotFound)?;
    let known: Suspension = held.get("/me/suspension").await?.is(200)?.json()?;
    assert!(known.reason == "Unkind" && known.ends_at.is_some());
    held.get("/me/record").await?.is(200)?;
    held.act("/me/export").await?.is(202)?;
    held.get("/me/export").await?.is(200)?;
    assert_eq!(held.post("/me/suspension/appeal", &json!({ "words": "" })).await?.invalid()?, ["words: required"]);
    held.post("/me/suspension/appeal", &json!({ "words": "No" })).await?.is(200)?;
    held.post("/me/suspension/appeal", &json!({ "words": "No" })).await?.refused(ErrorCode::Stale)?;

    let waiting: Vec<SuspensionCase> = joy.get("/admin/appeals").await?.is(200)?.json()?;
    let deciding = json!({ "grant": true, "note": "Right you are" });
    let path = format!("/admin/appeals/{}/decide", waiting[0].id);
    ivo.post(&path, &deciding).await?.refused(ErrorCode::Forbidden)?;
    joy.post(&path, &deciding).await?.is(204)?;
    let again: SignedIn =
        app.anonymous().post("/auth/refresh", &json!({ "refresh_token": signed_in.refresh_token })).await?.json()?;
    app.anonymous().bearer(&again.token).get("/me").await?.is(200)?;
    ben.get("/me/suspension").await?.refused(ErrorCode::NotFound)?;
    Ok(())
}

#[tokio::test]
async fn reports_go_through_the_queue() -> Result<()> {
    let app = TestApp::start().await?;
    let ivo = with_role(&app, "Ivo", StaffRole::Moderator).await?;
    let (ada, ben, chat) = app.chat().await?;
    ada.post("/reports", &json!({ "about": "chat", "id": chat, "reason": "threat" })).await?.is(201)?;
    let open: Page<ReportCase> = ivo.get("/admin/reports").await?.is(200)?.json()?;
    let path = format!("/admin/reports/{}", open.items[0].id);
    let file: ReportFile = ivo.get(&path).await?.is(200)?.json()?;
    assert_eq!(file.evidence.messages[0].body, "Hello");
    ivo.act(&format!("{path}/take")).await?.is(204)?;
    let bad = json!({ "decision": "maybe", "note": "x" });
    assert_eq!(ivo.post(&format!("{path}/close"), &bad).await?.invalid()?, ["decision: malformed"]);
    ivo.post(&format!("{path}/close"), &json!({ "decision": "unfounded", "note": "Nothing" })).await?.is(204)?;
    let closed: Page<ReportCase> = ivo.get("/admin/reports?state=closed").await?.is(200)?.json()?;
    assert_eq!(closed.items.len(), 1);
    ivo.get("/admin/reports?state=lost").await?.refused(ErrorCode::Malformed)?;
    let file: PersonFile = ivo.get(&format!("/admin/people/{}", ben.id)).await?.is(200)?.json()?;
    assert_eq!((file.reports.len(), file.email), (1, None));
    Ok(())
}

#[tokio::test]
async fn administrators_log_out_and_erase() -> Result<()> {
    let app = TestApp::start().await?;
    let joy = with_role(&app, "Joy", StaffRole::Administrator).await?;
    let ada = app.person("Ada").await?;
    let path = format!("/admin/people/{}", ada.id);
    joy.post(&format!("{path}/end-sessions"), &json!({ "reason": "Lost phone" })).await?.is(204)?;
    ada.get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    assert_eq!(joy.delete_with(&path, &json!({ "name": "Eve", "reason": "x" })).await?.invalid()?, ["name: wrong"]);
    joy.delete_with(&path, &json!({ "name": "Ada", "reason": "Fraud" })).await?.is(202)?;
    joy.get(&path).await?.refused(ErrorCode::NotFound)?;
    joy.get("/admin/people/x").await?.refused(ErrorCode::NotFound)?;
    Ok(())
}
