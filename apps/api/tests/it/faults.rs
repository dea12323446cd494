//! Faults as a service receives them that speaks Sentry's protocol.

use std::time::Duration;

use anyhow::{Result, ensure};
use balloond_testing::{Program, World};
use serde_json::{Value, json};

use crate::{
    app::WEB,
    client::{Client, User},
    ingest::{self, Ingest},
};

impl Ingest {
    fn dsn(&self) -> String {
        format!("http://public@{}/42", self.address)
    }

    /// The next event, and all that was sent with it.
    fn next(&self) -> Result<(Value, String)> {
        let (head, body) = self.wait()?;
        ensure!(head.starts_with("POST /api/42/envelope/ HTTP/1.1"), "{head}");
        ensure!(head.contains("sentry_key=public") && head.contains("sentry_version=7"), "{head}");
        let lines: Vec<&str> = body.lines().collect();
        ensure!(lines.len() == 3, "{body}");
        let item: Value = serde_json::from_str(lines[1])?;
        ensure!(item["type"] == "event" && item["length"] == lines[2].len(), "{item}");
        Ok((serde_json::from_str(lines[2])?, head + &body))
    }
}

/// A server of ours that reports to `dsn`.
async fn started(world: &World, name: &str, dsn: &str) -> Result<(Program, Client)> {
    ingest::started(world, name, &[("SENTRY_DSN", dsn), ("ENVIRONMENT", "drill")]).await
}

#[tokio::test]
async fn a_fault_is_reported_with_its_request_and_nothing_of_anybodys() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let (ada, ben) = world.two().await?;
    let (mut api, client) = started(&world, "balloond-api", &ingest.dsn()).await?;
    let cookie = "__Host-session=cookie-of-ada-0123456789";
    let user = User::new(client.header("cookie", cookie).header("origin", WEB), ada);
    // The next balloon is a fault of ours, not a refusal.
    world.execute("ALTER TABLE balloons RENAME COLUMN note TO words").await?;
    let answer =
        user.post("/balloons?utm=somewhere", &json!({ "to": ben.id, "note": "Our secret words" })).await?.is(500)?;
    let (event, all) = ingest.next()?;
    assert_eq!(event["level"], "error");
    assert_eq!(event["environment"], "drill");
    assert_eq!(event["release"], concat!("balloond@", env!("CARGO_PKG_VERSION")));
    assert_eq!(event["tags"], json!({ "process": "api", "request_id": answer.text_of("x-request-id") }));
    assert_eq!(event["exception"]["values"][0]["type"], "internal fault");
    for secret in [
        &user.person.email,
        &user.person.signed_in.token,
        &user.id.to_string(),
        &ben.id.to_string(),
        "secret words",
        "cookie-of-ada",
        "somewhere",
        "utm",
    ] {
        assert!(!all.contains(secret), "{secret} went out: {all}");
    }
    assert!(api.terminate()?.success());
    Ok(())
}

#[tokio::test]
async fn a_browsers_fault_is_reported_by_web_and_no_strangers() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let (_web, client) = started(&world, "balloond-web", &ingest.dsn()).await?;
    let form = client.header("content-type", "application/x-www-form-urlencoded").header("origin", WEB);
    let told = async |client: &Client, body: &'static str| {
        Ok::<_, anyhow::Error>(client.request(reqwest::Method::POST, "/faults", body).await?.status.as_u16())
    };
    let panic = "kind=panic&page=%2Fchats%2F0199aa00-1111-7222-8333-444455556666\
                 &what=panicked+at+src%2Froom.rs%3A7%3A+no+%22Our+secret+words%22+of+ada%40example.com";
    assert_eq!(told(&form.header("origin", "https://evil.example"), panic).await?, 403);
    assert_eq!(told(&form, "kind=gossip&what=x&page=%2F").await?, 422);
    assert_eq!(told(&form, "kind=panic&what=+&page=nowhere").await?, 422);
    assert_eq!(told(&form, panic).await?, 204);
    let (event, _) = ingest.next()?;
    assert_eq!((&event["platform"], &event["tags"]["process"]), (&json!("javascript"), &json!("browser")));
    assert_eq!(event["exception"]["values"][0]["value"], "panicked at src/room.rs:7: no \"…\" of [email]");
    assert_eq!(event["extra"]["fields"]["page"], "/chats/{id}");
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(told(&form, panic).await?);
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    Ok(())
}

#[tokio::test]
async fn without_a_dsn_nothing_is_sent() -> Result<()> {
    let (world, ingest) = (World::new().await?, Ingest::start()?);
    let ada = world.person("Ada").await?;
    let (mut api, client) = started(&world, "balloond-api", "").await?;
    world.execute("ALTER TABLE balloons RENAME COLUMN note TO words").await?;
    User::new(client, ada).get("/balloons?box=received").await?.is(500)?;
    assert!(api.terminate()?.success(), "it ended, so whatever it had to say is said");
    assert!(ingest.arrived.recv_timeout(Duration::ZERO).is_err());
    Ok(())
}
