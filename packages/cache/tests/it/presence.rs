use balloond_testing::RedisServer;
use uuid::Uuid;

use crate::{cache, connect, eventually};

#[tokio::test]
async fn a_mark_is_seen_by_every_process_and_taken_away() {
    let (cache, other) = (cache(), cache());
    let people: Vec<Uuid> = (0..1200).map(|_| Uuid::now_v7()).collect();
    let (here, away) = people.split_at(1100);
    cache.mark_online(here).await.unwrap();
    assert_eq!(other.who_is_online(&people).await.unwrap(), here);
    assert!(other.who_is_online(away).await.unwrap().is_empty());
    other.unmark_online(people[0]).await.unwrap();
    assert_eq!(cache.who_is_online(here).await.unwrap(), here[1..]);
    assert!(cache.who_is_online(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_redis_nothing_is_claimed() {
    let mut redis = RedisServer::start().unwrap();
    let (cache, person) = (connect(&redis.url()), [Uuid::now_v7()]);
    cache.mark_online(&person).await.unwrap();
    redis.kill().unwrap();
    assert!(cache.who_is_online(&person).await.is_err());
    redis.run().unwrap();
    eventually(async || cache.who_is_online(&person).await.is_ok()).await;
}
