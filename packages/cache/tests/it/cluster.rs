//! On three nodes that share the keys.

use std::{
    collections::HashSet,
    convert::Infallible,
    time::{Duration, Instant},
};

use balloond_cache::{Cache, CacheConfig, EventKind, Notice, RateLimit};
use balloond_testing::{RedisCluster, RedisServer};
use bytes::Bytes;
use uuid::Uuid;

use crate::{
    event::{next, next_for, publish},
    eventually, unique,
};

const TTL: Duration = Duration::from_secs(3600);

fn connect(cluster: &RedisCluster) -> Cache {
    Cache::new(&CacheConfig { url: cluster.url(), is_cluster: true, root_certificates: None, pool_size: 2 }).unwrap()
}

async fn load(cache: &Cache, key: &str, value: &str) -> String {
    let value = cache.get_or_load(key, TTL, async { Ok::<_, Infallible>(value.to_owned()) }).await.unwrap();
    String::from_utf8(value.to_vec()).unwrap()
}

#[tokio::test]
async fn values_rates_and_marks_are_on_all_nodes_together() {
    let cluster = RedisCluster::start().await.unwrap();
    let (here, there) = (connect(&cluster), connect(&cluster));
    let keys: Vec<String> = (0..30).map(|_| unique("user")).collect();
    for key in &keys {
        assert_eq!(load(&here, key, "first").await, "first");
        assert_eq!(load(&there, key, "second").await, "first", "it was not stored");
        here.invalidate(key).await;
        assert_eq!(load(&there, key, "third").await, "third", "it was not invalidated");
    }

    let limit = RateLimit { name: "cluster", burst: 1, per: TTL };
    for subject in &keys {
        assert!(here.check_rate(&limit, subject).await.allowed);
        assert!(!there.check_rate(&limit, subject).await.allowed, "each node counts for all");
    }

    let people: Vec<Uuid> = (0..100).map(|_| Uuid::now_v7()).collect();
    here.mark_online(&people).await.unwrap();
    let online: HashSet<Uuid> = there.who_is_online(&people).await.unwrap().into_iter().collect();
    assert_eq!(online, people.iter().copied().collect());
    let used = cluster.nodes.iter().filter(|node| !node.dump().unwrap().trim().is_empty()).count();
    assert_eq!(used, 3, "one node has all of it");
}

#[tokio::test]
async fn a_node_that_ends_takes_its_own_keys_with_it_and_no_others() {
    let mut cluster = RedisCluster::start().await.unwrap();
    let cache = connect(&cluster);
    // The one that the URL names.
    let keys = stored_keys(&cluster.nodes[0], &cache).await;
    cluster.nodes[0].kill().unwrap();
    only_the_lost_are_away(&cache, &keys).await;
    cluster.nodes[0].run().unwrap();
    comes_back(&cache, &keys).await;
}

#[tokio::test]
async fn a_node_that_says_nothing_takes_its_own_keys_with_it_and_no_others() {
    let cluster = RedisCluster::start().await.unwrap();
    let cache = connect(&cluster);
    let keys = stored_keys(&cluster.nodes[1], &cache).await;
    cluster.nodes[1].freeze().unwrap();
    only_the_lost_are_away(&cache, &keys).await;
    cluster.nodes[1].thaw().unwrap();
    comes_back(&cache, &keys).await;
}

/// Of values that are stored.
struct Keys {
    lost: Vec<String>,
    others: Vec<String>,
}

/// Those that `lost` has, and the others.
async fn stored_keys(lost: &RedisServer, cache: &Cache) -> Keys {
    let keys: Vec<String> = (0..30).map(|_| unique("user")).collect();
    for key in &keys {
        assert_eq!(load(cache, key, "stored").await, "stored");
    }
    let there = lost.dump().unwrap();
    let (lost, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| there.contains(key));
    assert!(lost.len() > 1 && others.len() > 1, "{} and {}", lost.len(), others.len());
    Keys { lost, others }
}

async fn only_the_lost_are_away(cache: &Cache, keys: &Keys) {
    let away = Instant::now();
    // Past what is still on its way when a breaker opens, and past several tries whether the node is back.
    while away.elapsed() < Duration::from_secs(3) {
        let asked = Instant::now();
        for (number, key) in keys.lost.iter().enumerate() {
            assert_eq!(load(cache, key, &number.to_string()).await, number.to_string(), "it was not asked for");
        }
        let waited = asked.elapsed();
        assert!(waited < Duration::from_millis(750), "{} keys of a node that is away took {waited:?}", keys.lost.len());
        for key in &keys.others {
            assert_eq!(load(cache, key, "loaded").await, "stored", "another node counted as away");
            // What is written now is read in the next round.
            cache.invalidate(key).await;
            load(cache, key, "stored").await;
        }
    }
}

async fn comes_back(cache: &Cache, keys: &Keys) {
    for key in &keys.lost {
        eventually(async || {
            load(cache, key, "first").await;
            load(cache, key, "second").await != "second"
        })
        .await;
    }
    for key in &keys.others {
        assert_eq!(load(cache, key, "loaded").await, "stored");
    }
}

#[tokio::test]
async fn with_a_node_away_the_marks_on_the_others_are_known() {
    let mut cluster = RedisCluster::start().await.unwrap();
    let cache = connect(&cluster);
    let people: Vec<Uuid> = (0..100).map(|_| Uuid::now_v7()).collect();
    cluster.nodes[2].kill().unwrap();
    assert!(cache.mark_online(&people).await.is_err(), "some were not marked");
    let mut known = 0;
    for person in &people {
        known += usize::from(cache.who_is_online(&[*person]).await.is_ok_and(|online| online == [*person]));
    }
    assert!((1..people.len()).contains(&known), "{known} of {} marks", people.len());
}

#[tokio::test]
async fn events_go_through_one_node_and_outlive_its_restart() {
    let mut cluster = RedisCluster::start().await.unwrap();
    let (here, there) = (connect(&cluster), connect(&cluster));
    let mut subscription = there.subscribe();
    assert_eq!(next(&mut subscription).await, Notice::Up);
    let target = Uuid::now_v7();
    for number in 0..100 {
        publish(&here, target, &number.to_string()).await;
    }
    for number in 0..100 {
        assert_eq!(next_for(&mut subscription, target).await, (EventKind::Chat, Bytes::from(number.to_string())));
    }

    let hears = |node: &RedisServer| node.shard_subscribers("balloond:events").unwrap() > 0;
    let owners: Vec<usize> = (0..3).filter(|index| hears(&cluster.nodes[*index])).collect();
    let [owner] = *owners else { panic!("{owners:?} instead of one node hears of it") };
    cluster.nodes[owner].kill().unwrap();
    assert_eq!(next(&mut subscription).await, Notice::Down);
    cluster.nodes[owner].run().unwrap();
    assert_eq!(next(&mut subscription).await, Notice::Up);
    eventually(async || here.ping().await.is_ok()).await;
    publish(&here, target, "again").await;
    assert_eq!(next_for(&mut subscription, target).await, (EventKind::Chat, Bytes::from("again")));
}
