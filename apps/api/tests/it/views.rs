//! Page views, as the process that counted them writes them.

use anyhow::Result;
use balloond_testing::World;
use reqwest::Method;

use crate::{app::WEB, ingest::started};

#[tokio::test]
async fn a_process_that_is_told_to_end_writes_what_it_counted() -> Result<()> {
    let world = World::new().await?;
    let (mut web, client) = started(&world, "balloond-web", &[]).await?;
    let form = client.header("content-type", "application/x-www-form-urlencoded").header("origin", WEB);
    for _ in 0..3 {
        let told = form.request(Method::POST, "/views", "route=%2Flogin&lcp=1200").await?;
        assert_eq!(told.status, 204);
    }
    // Long before a batch is written by itself.
    let written = "SELECT coalesce(sum(count), 0)::text AS value FROM page_view_batches WHERE metric = 'views' AND route = '/login'";
    assert_eq!(world.value(written).await?, "0");
    assert!(web.terminate()?.success());
    assert_eq!(world.value(written).await?, "3");
    Ok(())
}
