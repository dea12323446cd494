//! On a real Redis: the one of `REDIS_URL`, and where it has to fail, one of the test's own.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod aside;
mod cluster;
mod event;
mod outage;
mod presence;
mod rate;

use std::time::Duration;

use balloond_cache::{Cache, CacheConfig};
use balloond_testing::PATIENCE;
use redis::{AsyncConnectionConfig, Client, aio::MultiplexedConnection};
use uuid::Uuid;

/// A handle to the shared Redis, as a process of its own would have it. Keys made with [`unique`] keep tests apart.
fn cache() -> Cache {
    connect(&shared_url())
}

fn shared_url() -> String {
    std::env::var("REDIS_URL").expect("REDIS_URL names a Redis for the tests")
}

/// A connection without our deadlines, to look behind the scenes.
async fn raw(url: &str) -> MultiplexedConnection {
    let patient =
        AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
    Client::open(url).unwrap().get_multiplexed_async_connection_with_config(&patient).await.unwrap()
}

fn connect(url: &str) -> Cache {
    Cache::new(&CacheConfig { url: url.to_owned(), is_cluster: false, root_certificates: None, pool_size: 2 }).unwrap()
}

fn unique(name: &str) -> String {
    format!("{name}:{}", Uuid::now_v7())
}

/// Asks again until it is so.
async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let asking = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while !holds().await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it came about in time");
}
