use std::time::Duration;

use anyhow::Result;
use balloond_domain::{
    job, page_view,
    staff::{admit, grant, page_views},
};
use balloond_shared::{
    ErrorCode,
    page_view::{PageView, Vital},
    staff::StaffRole,
};
use balloond_testing::{World, client};

use crate::refused;

fn seen(route: &str, lcp: i32) -> PageView {
    PageView { route: route.to_owned(), vitals: vec![(Vital::Lcp, lcp)] }
}

const ROWS: &str = "SELECT (SELECT count(*) FROM page_view_batches) || ' ' || (SELECT sum(count) FROM page_views WHERE metric = 'views') AS value";

#[tokio::test]
async fn two_processes_count_together_and_the_job_adds_up_once() -> Result<()> {
    let world = World::new().await?;
    let other = World::with(&[("DATABASE_URL", &world.config.database.url)])?;
    for services in [&world.services, &other.services] {
        for _ in 0..2 {
            page_view::count(services, &client(), &seen("/people/{id}", 1900))?;
            page_view::count(services, &client(), &seen("/chats", 300))?;
            assert_eq!(page_view::flush(services).await?, 4, "a view and a vital of each page");
        }
    }
    let ada = world.person("Ada").await?;
    grant(&world.services, &ada.email, Some(StaffRole::Administrator)).await?;
    let joy = admit(&world.services, ada.viewer).await?;
    let before = page_views(&world.services, joy).await?;
    assert_eq!(
        before.routes.iter().map(|it| (it.route.as_str(), it.views)).collect::<Vec<_>>(),
        [("/chats", 4), ("/people/{id}", 4)]
    );
    assert_eq!((before.days.len(), before.days.last().map(|(_, views)| *views)), (30, Some(8)));
    assert!(before.routes[1].p75[0].1 > 1800.0 && before.routes[1].p75[0].1 <= 2100.0, "{before:?}");

    let drain = || job::drain(&world.services, &world.config, Duration::from_secs(20));
    drain().await?;
    assert_eq!(world.value(ROWS).await?, "0 8");
    page_view::count(&world.services, &client(), &seen("/chats", 300))?;
    page_view::flush(&world.services).await?;
    world.execute("UPDATE job_schedules SET last_at = now() - interval '2 hours'").await?;
    drain().await?;
    assert_eq!(world.value(ROWS).await?, "0 9");
    assert_eq!(page_views(&world.services, joy).await?.routes[0].views, 5);
    Ok(())
}

#[tokio::test]
async fn nothing_counted_asks_nothing_and_what_could_not_be_written_is_kept() -> Result<()> {
    // Port 1 answers nobody.
    let world = World::with(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none?sslmode=disable")])?;
    assert_eq!(page_view::flush(&world.services).await?, 0);
    page_view::count(&world.services, &client(), &seen("/chats", 300))?;
    assert!(page_view::flush(&world.services).await.is_err());
    assert!(page_view::flush(&world.services).await.is_err(), "it is still there");
    Ok(())
}

#[tokio::test]
async fn what_is_old_is_forgotten() -> Result<()> {
    let world = World::new().await?;
    world
        .execute(
            "INSERT INTO page_view_batches SELECT current_date - days, '/chats', 'views', 0, 1 FROM unnest(ARRAY[1, 399, 401]) AS days",
        )
        .await?;
    job::drain(&world.services, &world.config, Duration::from_secs(20)).await?;
    assert_eq!(world.value(ROWS).await?, "0 2");
    Ok(())
}

#[tokio::test]
async fn moderators_do_not_see_it_and_one_address_does_not_flood_it() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    grant(&world.services, &ada.email, Some(StaffRole::Moderator)).await?;
    let ivo = admit(&world.services, ada.viewer).await?;
    assert_eq!(refused(page_views(&world.services, ivo).await), Some(ErrorCode::Forbidden));
    let flooder = client();
    let counted = (0..700).filter(|_| page_view::count(&world.services, &flooder, &seen("/chats", 1)).is_ok()).count();
    assert!((600..620).contains(&counted), "{counted}");
    Ok(())
}
