use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use balloond_cache::{Cache, CacheConfig, CacheError, Notice, RateLimit};
use balloond_testing::RedisServer;
use uuid::Uuid;

use crate::{
    connect,
    event::{next, next_for, publish},
    eventually, raw,
};

const LIMIT: RateLimit = RateLimit { name: "outage", burst: 3, per: Duration::from_secs(3600) };

async fn get(cache: &Cache, value: &str) -> String {
    let load = async { Ok::<_, Infallible>(value.to_owned()) };
    let value = cache.get_or_load("key", Duration::from_secs(3600), load).await.unwrap();
    String::from_utf8(value.to_vec()).unwrap()
}

#[tokio::test]
async fn only_a_bad_url_is_refused_at_start() {
    for url in ["", "localhost", "http://localhost", "redis://localhost:port"] {
        let result =
            Cache::new(&CacheConfig { url: url.to_owned(), is_cluster: false, root_certificates: None, pool_size: 1 });
        assert!(matches!(result, Err(CacheError::Url(_))), "{url}");
    }
    for url in ["redis://127.0.0.1:1", "rediss://user:pass@127.0.0.1:1/3"] {
        assert!(connect(url).ping().await.is_err());
    }
}

#[tokio::test]
async fn without_redis_values_are_loaded_and_rates_counted_here() {
    let cache = connect(&RedisServer::reserve().unwrap().url());
    let started = Instant::now();
    for number in 0..200 {
        let value = number.to_string();
        assert_eq!(get(&cache, &value).await, value);
        cache.invalidate("key").await;
        assert_eq!(cache.check_rate(&LIMIT, "subject").await.allowed, number < 3);
    }
    assert!(started.elapsed() < Duration::from_secs(2), "an absent Redis costs little: {:?}", started.elapsed());
}

#[tokio::test]
async fn a_redis_that_says_nothing_is_not_waited_for_twice() {
    let server = RedisServer::start().unwrap();
    let cache = connect(&server.url());
    assert_eq!(get(&cache, "stored").await, "stored");
    server.freeze().unwrap();
    let started = Instant::now();
    assert_eq!(get(&cache, "loaded").await, "loaded");
    let waited = started.elapsed();
    assert!(waited < Duration::from_millis(750), "{waited:?}");
    let started = Instant::now();
    assert_eq!(get(&cache, "loaded").await, "loaded");
    assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
    server.thaw().unwrap();
    eventually(async || get(&cache, "loaded").await == "stored").await;
}

#[tokio::test]
async fn a_restart_between_two_commands_is_not_noticed() {
    let mut server = RedisServer::start().unwrap();
    let cache = connect(&server.url());
    get(&cache, "old").await;
    server.kill().unwrap();
    server.run().unwrap();
    assert_eq!(get(&cache, "new").await, "new");
    assert_eq!(get(&cache, "newer").await, "new", "it was stored again");
    assert!(cache.check_rate(&LIMIT, "subject").await.allowed, "its scripts are sent anew");
}

#[tokio::test]
async fn an_invalidation_that_redis_missed_is_made_up_for() {
    let server = RedisServer::start().unwrap();
    let (here, there) = (connect(&server.url()), connect(&server.url()));
    get(&here, "old").await;
    server.freeze().unwrap();
    here.invalidate("key").await;
    server.thaw().unwrap();
    assert_eq!(get(&here, "new").await, "new", "who knows of it does not read what is stored");
    eventually(async || get(&there, "new").await == "new").await;
}

#[tokio::test]
async fn the_subscription_goes_down_and_comes_up_with_redis() {
    let mut server = RedisServer::reserve().unwrap();
    let (cache, target) = (connect(&server.url()), Uuid::now_v7());
    let mut subscription = cache.subscribe();
    server.run().unwrap();
    assert_eq!(next(&mut subscription).await, Notice::Up, "though Redis came later");
    for round in ["one", "two"] {
        eventually(async || cache.ping().await.is_ok()).await;
        publish(&cache, target, round).await;
        assert_eq!(next_for(&mut subscription, target).await.1, round);
        server.kill().unwrap();
        assert_eq!(next(&mut subscription).await, Notice::Down);
        server.run().unwrap();
        assert_eq!(next(&mut subscription).await, Notice::Up);
    }
}

#[tokio::test]
async fn redis_is_asked_nothing_while_nobody_relies_on_it() {
    let server = RedisServer::start().unwrap();
    let cache = connect(&server.url());
    let mut subscription = cache.subscribe();
    assert_eq!(next(&mut subscription).await, Notice::Up);
    let mut conn = raw(&server.url()).await;
    let mut pings = async || -> usize {
        let told: String = redis::cmd("INFO").arg("commandstats").query_async(&mut conn).await.unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix("cmdstat_exists:calls="));
        line.and_then(|line| line.split(',').next()).map_or(0, |count| count.parse().unwrap())
    };
    let before = pings().await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(pings().await, before);
    cache.stay_awake();
    eventually(async || pings().await > before).await;
}

#[tokio::test]
async fn a_subscription_on_which_nobody_answers_is_down() {
    let server = RedisServer::start().unwrap();
    let cache = connect(&server.url());
    let mut subscription = cache.subscribe();
    assert_eq!(next(&mut subscription).await, Notice::Up);
    cache.stay_awake();
    server.freeze().unwrap();
    let started = Instant::now();
    assert_eq!(next(&mut subscription).await, Notice::Down);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    server.thaw().unwrap();
    assert_eq!(next(&mut subscription).await, Notice::Up);
}
