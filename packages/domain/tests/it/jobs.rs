use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use balloond_domain::{auth::refresh, balloon, job, photo};
use balloond_shared::PhotoId;
use balloond_testing::World;
use uuid::{NoContext, Timestamp, Uuid};

const JOBS: &str = "SELECT count(*)::text AS value FROM graphile_worker.jobs";

#[tokio::test]
async fn the_files_of_a_removed_photo_are_deleted() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let (gone, kept) = (world.photo(&ada).await?, world.photo(&ada).await?);
    photo::remove(&world.services, ada.viewer, gone.id).await?;
    assert_eq!(world.value(JOBS).await?, "1");
    job::run_due(&world.services, &world.config).await?;
    let files = world.files(ada.id).await?;
    assert_eq!(files.len(), 3);
    assert!(files.iter().all(|file| file.contains(&kept.id.to_string())));
    assert_eq!(world.value(JOBS).await?, "0");
    Ok(())
}

#[tokio::test]
async fn a_job_that_fails_waits_for_its_next_try() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let photo = world.photo(&ada).await?;
    photo::remove(&world.services, ada.viewer, photo.id).await?;
    // Port 1 answers nobody.
    let url = world.config.database.url.clone();
    let cut_off = World::with(&[("DATABASE_URL", &url), ("S3_ENDPOINT", "http://127.0.0.1:1")])?;
    job::run_due(&cut_off.services, &cut_off.config).await?;
    let state = "SELECT attempts || ' ' || (run_at > now()) || ' ' || (last_error IS NOT NULL) AS value FROM graphile_worker.jobs";
    assert_eq!(world.value(state).await?, "1 true true");
    assert_eq!(world.files(ada.id).await?.len(), 3);
    world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.files(ada.id).await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_rolled_back_is_not_done() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let photo = world.photo(&ada).await?;
    assert!(photo::remove(&world.services, ben.viewer, photo.id).await.is_err());
    assert_eq!(world.value(JOBS).await?, "0");
    Ok(())
}

#[tokio::test]
async fn ended_sessions_are_swept_and_open_ones_stay() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let next = refresh(&world.services, &ada.signed_in.refresh_token).await?;
    world.execute("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '31 days'").await?;
    world
        .execute(&format!("UPDATE sessions SET expires_at = now() - interval '2 days' WHERE user_id = '{}'", ben.id))
        .await?;
    world.execute("SELECT graphile_worker.add_job('delete_ended_sessions')").await?;
    job::run_due(&world.services, &world.config).await?;
    let left = "SELECT (SELECT count(*) FROM sessions) || ' ' || (SELECT count(*) FROM refresh_tokens) AS value";
    assert_eq!(world.value(left).await?, "1 1");
    assert!(refresh(&world.services, &next.refresh_token).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn what_recurs_is_enqueued_once_a_time_however_many_ask() -> Result<()> {
    let world = World::new().await?;
    let runs = "SELECT count(*)::text AS value FROM job_schedules WHERE last_at > now() - interval '1 minute'";
    let drain = || job::drain(&world.services, &world.config, Duration::from_secs(20));
    let (one, other) = tokio::join!(drain(), drain());
    assert_eq!((one?.dead, other?.dead), (0, 0));
    assert_eq!(world.value(runs).await?, "10");
    assert_eq!(world.value(JOBS).await?, "0");
    world.execute("UPDATE job_schedules SET last_at = now() - interval '25 hours'").await?;
    assert_eq!(drain().await?.left, 0);
    assert_eq!(world.value(runs).await?, "9", "the weekly one has time");
    Ok(())
}

#[tokio::test]
async fn balloons_that_nobody_caught_are_deleted_when_no_rule_asks_for_them() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = world.chat().await?;
    let (cyd, dan) = (world.person("Cyd").await?, world.person("Dan").await?);
    let popped = world.float(&ada, &cyd).await?;
    balloon::pop(&world.services, cyd.viewer, popped.id).await?;
    world.float(&ada, &dan).await?;
    let young = world.float(&ben, &cyd).await?;
    world
        .execute(&format!(
            "UPDATE balloons SET sent_at = sent_at - interval '38 days', expires_at = expires_at - interval '38 days' WHERE id <> '{}'",
            young.id
        ))
        .await?;
    job::drain(&world.services, &world.config, Duration::from_secs(20)).await?;
    let left = "SELECT string_agg(state, ' ' ORDER BY state) AS value FROM balloons";
    assert_eq!(world.value(left).await?, "caught pending");
    Ok(())
}

#[tokio::test]
async fn files_that_no_row_names_are_deleted_once_they_are_old() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    world.photo(&ada).await?;
    let at = |days: u64| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let time = Timestamp::from_unix(NoContext, now.as_secs() - days * 86_400, 0);
        PhotoId::from_uuid(Uuid::new_v7(time))
    };
    for photo in [at(0), at(2)] {
        world.services.storage.put_photo(ada.id, photo, b"a", b"b", b"c").await?;
    }
    assert_eq!(world.files(ada.id).await?.len(), 9);
    job::drain(&world.services, &world.config, Duration::from_secs(20)).await?;
    assert_eq!(world.files(ada.id).await?.len(), 6, "the photo's, and those that may still get a row");
    Ok(())
}
