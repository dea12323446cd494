use std::process::Output;

use anyhow::Result;
use balloond_domain::staff::grant;
use balloond_shared::{
    ErrorCode, Page,
    profile::Me,
    staff::{AuditEntry, Deed, Jobs, RecordEntry, Retried, StaffRole},
    switch::SwitchState,
};
use balloond_testing::program::command;
use serde_json::json;

use crate::{app::TestApp, client::User};

/// Somebody with a role.
pub async fn with_role(app: &TestApp, name: &str, role: StaffRole) -> Result<User> {
    let user = app.person(name).await?;
    grant(&app.world.services, &user.person.email, Some(role)).await?;
    Ok(user)
}

#[tokio::test]
async fn a_role_is_given_by_a_command_and_ends_at_once_when_it_is_taken() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let grant = |email: &str, role: &str| -> Result<Output> {
        let database = app.world.config.database.url.as_str();
        Ok(command("balloond-api", &["grant", email, role], &[("DATABASE_URL", database)])?.output()?)
    };
    ada.get("/admin/audit").await?.refused(ErrorCode::NotFound)?;
    let run = grant(&ada.person.email.to_uppercase(), "administrator")?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(ada.get("/me").await?.is(200)?.json::<Me>()?.role, Some(StaffRole::Administrator));
    let log: Page<AuditEntry> = ada.get("/admin/audit").await?.is(200)?.json()?;
    assert_eq!(
        (log.items[0].deed, log.items[0].details.as_str(), &log.items[0].by),
        (Deed::RoleGiven, "administrator", &None)
    );
    assert_eq!(log.items[0].about.as_ref().map(|about| about.id), Some(ada.id));
    assert!(grant(&ada.person.email, "none")?.status.success());
    ada.get("/admin/audit").await?.refused(ErrorCode::NotFound)?;
    let run = grant("nobody@example.com", "moderator")?;
    assert!(!run.status.success() && String::from_utf8_lossy(&run.stderr).contains("no verified account"));
    Ok(())
}

#[tokio::test]
async fn what_is_about_oneself_is_read_without_a_name() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = with_role(&app, "Ada", StaffRole::Moderator).await?;
    let page = ada.get("/me/record?limit=1").await?.is(200)?;
    assert!(!page.text().contains("\"by\""));
    let record: Page<RecordEntry> = page.json()?;
    assert_eq!((record.items.len(), record.items[0].deed), (1, Deed::RoleGiven));
    assert_eq!(ada.get("/me/record?cursor=x").await?.invalid()?, ["cursor: malformed"]);
    app.anonymous().get("/me/record").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn dead_jobs_are_shown_scrubbed_and_tried_again() -> Result<()> {
    let app = TestApp::start().await?;
    let joy = with_role(&app, "Joy", StaffRole::Administrator).await?;
    app.world
        .execute(
            "SELECT graphile_worker.add_job('of_another_release');
             UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'no mailbox cyd@example.com'",
        )
        .await?;
    let jobs: Jobs = joy.get("/admin/jobs").await?.is(200)?.json()?;
    assert_eq!((jobs.dead.len(), jobs.dead[0].task.as_str(), jobs.queues[0].dead), (1, "of_another_release", 1));
    assert!(!jobs.dead[0].last_error.contains("cyd@"), "{}", jobs.dead[0].last_error);
    assert_eq!(joy.post("/admin/jobs/retry", &json!({})).await?.invalid()?, ["ids: required"]);
    assert_eq!(joy.post("/admin/jobs/retry", &json!({ "ids": ["x"] })).await?.invalid()?, ["ids[0]: malformed"]);
    let many: Vec<i64> = (0..201).collect();
    assert_eq!(joy.post("/admin/jobs/retry", &json!({ "ids": many })).await?.invalid()?, ["ids: too_many"]);
    let retry = json!({ "ids": [jobs.dead[0].id] });
    assert_eq!(joy.post("/admin/jobs/retry", &retry).await?.is(200)?.json::<Retried>()?, Retried { count: 1 });
    assert_eq!(joy.get("/admin/jobs").await?.json::<Jobs>()?.dead, []);
    let log: Page<AuditEntry> = joy.get("/admin/audit?limit=1").await?.json()?;
    assert_eq!((log.items[0].deed, log.items[0].by.as_ref().map(|by| by.id)), (Deed::JobsRetried, Some(joy.id)));
    Ok(())
}

#[tokio::test]
async fn for_everybody_else_there_is_nothing_whatever_they_send() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for client in [&app.anonymous(), &*ada, &app.anonymous().bearer("nonsense")] {
        for path in ["/admin/audit", "/admin/audit?limit=x", "/admin/nothing"] {
            client.get(path).await?.refused(ErrorCode::NotFound)?;
        }
        client.act("/admin/jobs/retry").await?.refused(ErrorCode::NotFound)?;
        client.delete("/admin/audit").await?.refused(ErrorCode::NotFound)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_switch_is_turned_and_what_is_off_says_so() -> Result<()> {
    let app = TestApp::start().await?;
    let joy = with_role(&app, "Joy", StaffRole::Administrator).await?;
    let off = json!({ "on": false, "reason": "A wave of spam" });
    joy.put("/admin/switches/registration", &off).await?.is(204)?;
    let new = json!({ "email": "new@example.com", "password": "correct horse", "name": "New", "age": 30 });
    let told = async || Ok(app.anonymous().post("/auth/register", &new).await?.status == 403);
    balloond_testing::eventually("the switch", told).await?;
    app.anonymous().post("/auth/register", &new).await?.refused(ErrorCode::SwitchedOff)?;
    joy.put("/admin/switches/weather", &off).await?.refused(ErrorCode::NotFound)?;
    assert_eq!(joy.put("/admin/switches/registration", &json!({ "on": true })).await?.invalid()?, ["reason: required"]);
    let listed: Vec<SwitchState> = joy.get("/admin/switches").await?.is(200)?.json()?;
    assert_eq!(listed.iter().map(|state| state.on).collect::<Vec<_>>(), [false, true]);
    Ok(())
}
