use std::{
    collections::HashSet,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use balloond_cache::Cache;
use tokio::{
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};

use crate::{cache, raw, shared_url, unique};

const TTL: Duration = Duration::from_secs(3600);

/// A load that gives `value` at once.
async fn get(cache: &Cache, key: &str, value: &str) -> String {
    let value = cache.get_or_load(key, TTL, async { Ok::<_, Infallible>(value.to_owned()) }).await.unwrap();
    String::from_utf8(value.to_vec()).unwrap()
}

/// A load that has begun and gives `value` when it is told to.
async fn begin_load(cache: &Cache, key: &str, value: &'static str) -> (oneshot::Sender<()>, JoinHandle<String>) {
    let (begun, has_begun) = oneshot::channel();
    let (release, released) = oneshot::channel();
    let (cache, key) = (cache.clone(), key.to_owned());
    let task = tokio::spawn(async move {
        let load = async move {
            begun.send(()).unwrap();
            released.await.map(|()| value.to_owned())
        };
        String::from_utf8(cache.get_or_load(&key, TTL, load).await.unwrap().to_vec()).unwrap()
    });
    has_begun.await.unwrap();
    (release, task)
}

#[tokio::test]
async fn what_was_loaded_is_stored_for_every_process() {
    let (here, there, key) = (cache(), cache(), unique("user"));
    assert_eq!(get(&here, &key, "first").await, "first");
    assert_eq!(get(&here, &key, "second").await, "first");
    assert_eq!(get(&there, &key, "third").await, "first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_miss_at_once_load_once() {
    let (cache, key, loads) = (cache(), unique("user"), Arc::new(AtomicUsize::new(0)));
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (cache, key, loads) = (cache.clone(), key.clone(), Arc::clone(&loads));
        callers.spawn(async move {
            let load = async {
                loads.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, Infallible>("value".to_owned())
            };
            cache.get_or_load(&key, TTL, load).await.unwrap()
        });
    }
    for value in callers.join_all().await {
        assert_eq!(value, "value");
    }
    assert_eq!(loads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_error_is_not_stored() {
    let (cache, key) = (cache(), unique("user"));
    assert_eq!(cache.get_or_load(&key, TTL, async { Err::<String, _>("broken") }).await, Err("broken"));
    assert_eq!(get(&cache, &key, "whole").await, "whole");
}

#[tokio::test]
async fn who_follows_a_leader_that_fails_loads_alone() {
    let (cache, key) = (cache(), unique("user"));
    let (release, leader) = begin_load(&cache, &key, "never").await;
    let follower = get(&cache, &key, "own");
    tokio::pin!(follower);
    // Far enough to be waiting for the leader.
    tokio::select! {
        biased;
        _ = &mut follower => panic!("it waits for the leader"),
        () = async { for _ in 0..100 { tokio::task::yield_now().await } } => {}
    }
    drop(release);
    assert_eq!(follower.await, "own");
    assert!(leader.await.is_err(), "the leader's load failed");
}

#[tokio::test]
async fn a_leader_that_is_cancelled_leaves_nobody_waiting() {
    let (cache, key) = (cache(), unique("user"));
    let (_release, leader) = begin_load(&cache, &key, "never").await;
    let followers: Vec<_> = (0..10)
        .map(|_| {
            let (cache, key) = (cache.clone(), key.clone());
            tokio::spawn(async move { get(&cache, &key, "value").await })
        })
        .collect();
    tokio::task::yield_now().await;
    leader.abort();
    for follower in followers {
        assert_eq!(follower.await.unwrap(), "value");
    }
}

#[tokio::test]
async fn what_is_invalidated_is_loaded_anew_by_every_process() {
    let (here, there, key) = (cache(), cache(), unique("user"));
    get(&here, &key, "old").await;
    there.invalidate(&key).await;
    assert_eq!(get(&here, &key, "new").await, "new");
}

#[tokio::test]
async fn a_load_from_before_an_invalidation_is_never_stored() {
    for same_process in [true, false] {
        let (here, there, key) = (cache(), cache(), unique("user"));
        let (release, load) = begin_load(&here, &key, "old").await;
        if same_process { &here } else { &there }.invalidate(&key).await;
        release.send(()).unwrap();
        assert_eq!(load.await.unwrap(), "old");
        assert_eq!(get(&there, &key, "new").await, "new");
    }
}

#[tokio::test]
async fn who_comes_after_an_invalidation_does_not_join_a_load_from_before() {
    let (cache, key) = (cache(), unique("user"));
    let (release, before) = begin_load(&cache, &key, "old").await;
    cache.invalidate(&key).await;
    assert_eq!(get(&cache, &key, "new").await, "new");
    release.send(()).unwrap();
    assert_eq!(before.await.unwrap(), "old");
    assert_eq!(get(&cache, &key, "newer").await, "new", "the late load did not overwrite it");
}

#[tokio::test]
async fn of_two_processes_the_load_that_began_last_is_stored() {
    let (here, there, key) = (cache(), cache(), unique("user"));
    let (release_first, first) = begin_load(&here, &key, "first").await;
    let (release_last, last) = begin_load(&there, &key, "last").await;
    release_last.send(()).unwrap();
    last.await.unwrap();
    release_first.send(()).unwrap();
    first.await.unwrap();
    assert_eq!(get(&here, &key, "other").await, "last");
}

#[tokio::test]
async fn the_time_to_live_is_as_said_give_or_take_a_tenth() {
    let (cache, mut connection) = (cache(), raw(&shared_url()).await);
    let mut lives = HashSet::new();
    for _ in 0..5 {
        let key = unique("user");
        get(&cache, &key, "value").await;
        let life: i64 =
            redis::cmd("PTTL").arg(format!("balloond:1:{{{key}}}")).query_async(&mut connection).await.unwrap();
        assert!((3_230_000..=3_960_000).contains(&life), "{life}");
        // Of some seconds, to tell the jitter from the time that the test takes.
        lives.insert(life / 10_000);
    }
    assert!(lives.len() > 1, "they do not all expire together");
}
