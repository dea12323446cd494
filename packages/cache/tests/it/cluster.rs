//! On three nodes that share the keys.

use std::{collections::HashSet, convert::Infallible, time::Duration};

use balloond_cache::{Cache, CacheConfig, EventKind, Notice, RateLimit};
use balloond_testing::RedisCluster;
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

    let hears = |node: &balloond_testing::RedisServer| node.shard_subscribers("balloond:events").unwrap() > 0;
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
