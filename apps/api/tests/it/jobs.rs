//! The worker as a process, and the door by which jobs are done without one.

use std::net::TcpListener;

use anyhow::{Context, Result};
use balloond_domain::photo;
use balloond_shared::ErrorCode;
use balloond_testing::{Program, TestPerson, World, eventually, program::command};
use serde_json::{Value, json};

use crate::app::TestApp;

const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

async fn count(world: &World, rest: &str) -> Result<u32> {
    Ok(world.value(&format!("SELECT count(*)::text AS value FROM {rest}")).await?.parse()?)
}

/// Removes photos of Ada's, and with them enqueues a job for each.
async fn remove_photos(world: &World, ada: &TestPerson, photos: usize) -> Result<()> {
    for _ in 0..photos {
        let one = world.photo(ada).await?;
        photo::remove(&world.services, ada.viewer, one.id).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_scheduler_with_the_token_has_due_jobs_done_and_nobody_else() -> Result<()> {
    let app = TestApp::start_with(&[("JOBS_TOKEN", TOKEN)]).await?;
    let ada = app.person("Ada").await?;
    remove_photos(&app.world, &ada.person, 2).await?;
    for stranger in [app.anonymous(), app.anonymous().bearer(OTHER), app.anonymous().bearer("no key"), (*ada).clone()] {
        stranger.act("/jobs/drain").await?.refused(ErrorCode::Unauthenticated)?;
    }
    assert_eq!(app.world.files(ada.id).await?.len(), 6);
    let drained: Value = app.anonymous().bearer(TOKEN).act("/jobs/drain").await?.is(200)?.json()?;
    assert_eq!(drained, json!({ "left": 0, "dead": 0 }));
    assert_eq!(app.world.files(ada.id).await?.len(), 0);
    assert_eq!(count(&app.world, "graphile_worker.jobs").await?, 0);
    assert_eq!(count(&app.world, "job_schedules").await?, 10, "what recurs was done too");
    Ok(())
}

#[tokio::test]
async fn without_a_token_in_the_settings_the_door_is_shut() -> Result<()> {
    let app = TestApp::start().await?;
    for client in [app.anonymous(), app.anonymous().bearer(""), app.anonymous().bearer(TOKEN)] {
        client.act("/jobs/drain").await?.refused(ErrorCode::Unauthenticated)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_killed_worker_loses_no_job_and_each_is_done_once() -> Result<()> {
    const PHOTOS: usize = 8;
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    remove_photos(&world, &ada, PHOTOS).await?;
    // Each job leaves a line when it is done, in the statement that takes it from the queue.
    world
        .execute(
            "CREATE TABLE done (job bigint);
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO done VALUES (OLD.id); RETURN NULL; END $$;
             CREATE TRIGGER note AFTER DELETE ON graphile_worker._private_jobs
                 FOR EACH ROW EXECUTE FUNCTION note()",
        )
        .await?;
    let database = world.config.database.url.as_str();
    // It takes connections and never answers: whoever calls it is in the middle of its work.
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let store = format!("http://{}", silent.local_addr()?);
    let mut worker =
        Program::start("balloond-api", &["worker"], &[("DATABASE_URL", database), ("S3_ENDPOINT", &store)])?;
    eventually("work", async || Ok(count(&world, "graphile_worker.jobs WHERE locked_at IS NOT NULL").await? > 0))
        .await?;
    worker.kill()?;
    let photos = "graphile_worker.jobs WHERE task_identifier = 'delete_photo_objects'";
    assert_eq!(count(&world, photos).await?, u32::try_from(PHOTOS)?, "nothing is lost");

    // While it might live, nobody takes its jobs.
    let mut next = Program::start("balloond-api", &["worker"], &[("DATABASE_URL", database)])?;
    eventually("the jobs that it had not begun", async || Ok(count(&world, "done").await? > 0)).await?;
    assert!(count(&world, &format!("{photos} AND locked_at IS NOT NULL")).await? > 0);
    assert!(next.terminate()?.success());
    // A minute passes.
    world
        .execute(
            "UPDATE graphile_worker._private_workers SET last_heartbeat_at = last_heartbeat_at - interval '2 minutes';
             UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '2 minutes'",
        )
        .await?;
    let _third = Program::start("balloond-api", &["worker"], &[("DATABASE_URL", database)])?;
    let abandoned = format!("{photos} AND locked_at < now() - interval '1 minute'");
    eventually("what the dead had begun", async || Ok(count(&world, &abandoned).await? == 0)).await?;
    eventually("all of them", async || Ok(count(&world, photos).await? == 0)).await?;
    assert_eq!(world.files(ada.id).await?.len(), 0);
    let twice = "(SELECT job FROM done GROUP BY job HAVING count(*) > 1) AS twice";
    assert_eq!(count(&world, twice).await?, 0);
    assert!(count(&world, "done").await? >= u32::try_from(PHOTOS)?);
    Ok(())
}

#[tokio::test]
async fn a_job_that_kills_its_worker_each_time_is_given_up() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    remove_photos(&world, &ada, 1).await?;
    let database = world.config.database.url.as_str();
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let store = format!("http://{}", silent.local_addr()?);
    let mut worker =
        Program::start("balloond-api", &["worker"], &[("DATABASE_URL", database), ("S3_ENDPOINT", &store)])?;
    let photos =
        "graphile_worker._private_jobs jobs JOIN graphile_worker._private_tasks tasks ON tasks.id = jobs.task_id
                  WHERE tasks.identifier = 'delete_photo_objects'";
    eventually("work", async || Ok(count(&world, &format!("{photos} AND locked_at IS NOT NULL")).await? > 0)).await?;
    worker.kill()?;
    // It was the last of its attempts, and a minute passes.
    world
        .execute(
            "UPDATE graphile_worker._private_workers SET last_heartbeat_at = last_heartbeat_at - interval '2 minutes';
             UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '2 minutes',
                attempts = max_attempts WHERE locked_at IS NOT NULL",
        )
        .await?;
    let _next = Program::start("balloond-api", &["worker"], &[("DATABASE_URL", database)])?;
    let given_up = format!("{photos} AND locked_at IS NULL AND attempts = max_attempts AND last_error IS NOT NULL");
    eventually("the end of it", async || Ok(count(&world, &given_up).await? == 1)).await?;
    let listed = command("balloond-api", &["jobs"], &[("DATABASE_URL", database)])?.output()?;
    let listed = String::from_utf8(listed.stdout)?;
    assert!(listed.contains("delete_photo_objects"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn dead_jobs_are_listed_with_their_reason_and_tried_again() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    remove_photos(&world, &ada, 1).await?;
    world
        .execute("UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'the store\nsaid no'")
        .await?;
    let database = world.config.database.url.as_str();
    let say = |arguments: &[&str]| -> Result<String> {
        let output = command("balloond-api", arguments, &[("DATABASE_URL", database)])?.output()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    let listed = say(&["jobs"])?;
    assert!(listed.contains("delete_photo_objects") && listed.contains("the store said no"), "{listed}");
    let id = listed.split_whitespace().next().context("a number")?.to_owned();
    assert_eq!(say(&["jobs", "retry", "999999"])?, "0 to be tried again.\n");
    assert_eq!(say(&["jobs", "retry", &id])?, "1 to be tried again.\n");
    assert_eq!(say(&["jobs"])?, "No job failed for good.\n");
    let state = "SELECT attempts::text AS value FROM graphile_worker.jobs";
    assert_eq!(world.value(state).await?, "0");
    Ok(())
}
