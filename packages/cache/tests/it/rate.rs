use std::time::{Duration, Instant};

use balloond_cache::RateLimit;
use tokio::task::JoinSet;

use crate::{cache, eventually, unique};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_processes_together_let_no_more_through_than_the_burst() {
    let (processes, subject) = ([cache(), cache()], unique("subject"));
    let limit = RateLimit { name: "burst", burst: 10, per: Duration::from_secs(3600) };
    let mut attempts = JoinSet::new();
    for cache in processes.iter().cycle().take(60) {
        let (cache, subject) = (cache.clone(), subject.clone());
        attempts.spawn(async move { cache.check_rate(&limit, &subject).await });
    }
    let decisions = attempts.join_all().await;
    let mut remaining: Vec<_> = decisions.iter().filter(|it| it.allowed).map(|it| it.remaining).collect();
    remaining.sort_unstable();
    assert_eq!(remaining, (0..10).collect::<Vec<_>>());
    for refused in decisions.iter().filter(|it| !it.allowed) {
        assert!(refused.retry_after > Duration::from_secs(350) && refused.retry_after <= Duration::from_secs(360));
        assert!(refused.reset_after > Duration::from_secs(3590) && refused.reset_after <= Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn after_the_wait_it_said_it_lets_one_through() {
    let (cache, subject) = (cache(), unique("subject"));
    let limit = RateLimit { name: "refill", burst: 2, per: Duration::from_millis(600) };
    while cache.check_rate(&limit, &subject).await.allowed {}
    let (refused_at, wait) = (Instant::now(), cache.check_rate(&limit, &subject).await.retry_after);
    eventually(async || cache.check_rate(&limit, &subject).await.allowed).await;
    assert!(refused_at.elapsed() >= wait, "not before");
}

#[tokio::test]
async fn subjects_and_limits_are_counted_apart() {
    let (cache, subject) = (cache(), unique("subject"));
    let limit = |name| RateLimit { name, burst: 1, per: Duration::from_secs(3600) };
    assert!(cache.check_rate(&limit("one"), &subject).await.allowed);
    assert!(!cache.check_rate(&limit("one"), &subject).await.allowed);
    assert!(cache.check_rate(&limit("two"), &subject).await.allowed);
    assert!(cache.check_rate(&limit("one"), &unique("subject")).await.allowed);
}

#[tokio::test]
async fn a_reset_gives_the_whole_burst_back_everywhere() {
    let (one, other, subject) = (cache(), cache(), unique("subject"));
    let limit = RateLimit { name: "reset", burst: 2, per: Duration::from_secs(3600) };
    while one.check_rate(&limit, &subject).await.allowed {}
    one.reset_rate(&limit, &subject).await;
    assert_eq!(other.check_rate(&limit, &subject).await.remaining, 1);
}
