use balloond_cache::{Cache, Envelope, EventKind, Heard, Notice, Subscription};
use balloond_testing::{PATIENCE, RedisServer};
use bytes::Bytes;
use uuid::Uuid;

use crate::{cache, connect, raw, shared_url};

pub async fn next(subscription: &mut Subscription) -> Notice {
    tokio::time::timeout(PATIENCE, subscription.next()).await.expect("a notice in time").unwrap()
}

/// The next event for `target`; other tests publish too.
pub async fn next_for(subscription: &mut Subscription, target: Uuid) -> (EventKind, Bytes) {
    loop {
        match next(subscription).await {
            Notice::Event(Heard { kind, target: of, payload, .. }) if of == target => return (kind, payload),
            Notice::Event(_) => {}
            other => panic!("{other:?} instead of an event"),
        }
    }
}

pub async fn publish(cache: &Cache, target: Uuid, payload: &str) {
    cache.publish(&Envelope { kind: EventKind::Chat, target, trace: None, payload: payload.as_bytes() }).await.unwrap();
}

#[tokio::test]
async fn what_one_process_publishes_all_hear_in_order() {
    let (here, there, target) = (cache(), cache(), Uuid::now_v7());
    let mut subscriptions = [here.subscribe(), there.subscribe()];
    for subscription in &mut subscriptions {
        while next(subscription).await != Notice::Up {}
    }
    for number in 0..500 {
        publish(&here, target, &number.to_string()).await;
    }
    for subscription in &mut subscriptions {
        for number in 0..500 {
            assert_eq!(next_for(subscription, target).await, (EventKind::Chat, Bytes::from(number.to_string())));
        }
    }
}

#[tokio::test]
async fn a_message_that_is_not_understood_is_passed_over() {
    let (cache, target) = (cache(), Uuid::now_v7());
    let mut subscription = cache.subscribe();
    while next(&mut subscription).await != Notice::Up {}
    let mut connection = raw(&shared_url()).await;
    for message in ["", "c", "a newer kind of message, of the next release"] {
        let () = redis::cmd("PUBLISH").arg("balloond:events").arg(message).query_async(&mut connection).await.unwrap();
    }
    publish(&cache, target, "{}").await;
    assert_eq!(next_for(&mut subscription, target).await, (EventKind::Chat, Bytes::from("{}")));
}

#[tokio::test]
async fn a_reader_that_falls_behind_is_told_and_can_go_on() {
    // Of its own: the flood would drown other tests' events too.
    let server = RedisServer::start().unwrap();
    let (cache, target) = (connect(&server.url()), Uuid::now_v7());
    let mut subscription = cache.subscribe();
    while next(&mut subscription).await != Notice::Up {}
    // More than the queue holds, before anything is read.
    let mut flood = redis::pipe();
    for _ in 0..20_000 {
        flood.cmd("PUBLISH").arg("balloond:events").arg([b"c", &target.as_bytes()[..], b"{}"].concat()).ignore();
    }
    let mut connection = raw(&server.url()).await;
    let () = flood.query_async(&mut connection).await.unwrap();
    while next(&mut subscription).await != Notice::Down {}
    while next(&mut subscription).await != Notice::Up {}
    publish(&cache, target, "[]").await;
    while next_for(&mut subscription, target).await != (EventKind::Chat, Bytes::from("[]")) {}
}
