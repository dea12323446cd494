//! On a real object store, the one of `S3_ENDPOINT` and the other `S3_` variables.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use balloond_shared::{PhotoId, UserId};
use balloond_storage::{PhotoKey, Storage, StorageConfig, StorageError, Variant};
use s3::{Bucket, Region, creds::Credentials};

fn config() -> StorageConfig {
    let var = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} names an object store for the tests"));
    let (endpoint, bucket) = (var("S3_ENDPOINT"), var("S3_BUCKET"));
    StorageConfig {
        public_endpoint: endpoint.clone(),
        public_base: format!("{endpoint}/{bucket}"),
        endpoint,
        bucket,
        region: var("S3_REGION"),
        access_key_id: var("S3_ACCESS_KEY_ID"),
        secret_access_key: var("S3_SECRET_ACCESS_KEY"),
        edge: None,
    }
}

async fn storage() -> Storage {
    let storage = Storage::new(&config()).unwrap();
    storage.ensure_bucket().await.unwrap();
    storage
}

fn key(user: UserId, variant: Variant) -> PhotoKey {
    PhotoKey { user, photo: PhotoId::new(), variant }
}

fn is_not_found<T>(result: Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::NotFound))
}

#[tokio::test]
async fn what_is_put_can_be_got_until_it_is_deleted() {
    let (storage, key) = (storage().await, key(UserId::new(), Variant::Large));
    assert!(is_not_found(storage.get(key).await));
    storage.put(key, b"bytes").await.unwrap();
    assert_eq!(storage.get(key).await.unwrap(), &b"bytes"[..]);
    for _ in 0..2 {
        storage.delete(key).await.unwrap();
    }
    assert!(is_not_found(storage.get(key).await));
}

#[tokio::test]
async fn a_photo_comes_and_goes_with_all_its_files() {
    let (storage, user, photo) = (storage().await, UserId::new(), PhotoId::new());
    storage.put_photo(user, photo, b"thumb", b"small", b"large").await.unwrap();
    for (variant, bytes) in [(Variant::Thumb, &b"thumb"[..]), (Variant::Small, b"small"), (Variant::Large, b"large")] {
        assert_eq!(storage.get(PhotoKey { user, photo, variant }).await.unwrap(), bytes);
    }
    for _ in 0..2 {
        storage.delete_photo(user, photo).await.unwrap();
    }
    for variant in Variant::ALL {
        assert!(is_not_found(storage.get(PhotoKey { user, photo, variant }).await));
    }
}

#[tokio::test]
async fn deleting_a_person_leaves_nothing_of_them_and_all_of_others() {
    let (storage, user, other) = (storage().await, UserId::new(), key(UserId::new(), Variant::Thumb));
    let keys = [key(user, Variant::Thumb), key(user, Variant::Small), key(user, Variant::Large)];
    for key in keys.iter().chain([&other]) {
        storage.put(*key, b"bytes").await.unwrap();
    }
    storage.delete_user(user).await.unwrap();
    storage.delete_user(user).await.unwrap();
    for key in keys {
        assert!(is_not_found(storage.get(key).await));
    }
    assert_eq!(storage.get(other).await.unwrap(), &b"bytes"[..]);
}

#[tokio::test]
async fn a_presigned_url_reads_one_file() {
    let (storage, key, config) = (storage().await, key(UserId::new(), Variant::Small), config());
    storage.put(key, b"bytes").await.unwrap();
    let url = storage.presign_get(key, Duration::from_secs(60)).await.unwrap();
    let region = Region::Custom { region: config.region, endpoint: config.endpoint };
    let http = Bucket::new(&config.bucket, region, Credentials::anonymous().unwrap()).unwrap().http_client();
    let response = http.get(&url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "image/webp");
    assert_eq!(response.bytes().await.unwrap(), &b"bytes"[..]);
    let forged = url.replace(&key.to_string(), &PhotoKey { variant: Variant::Large, ..key }.to_string());
    assert_eq!(http.get(forged).send().await.unwrap().status(), 403);
    assert!(storage.presign_get(key, Duration::from_secs(8 * 24 * 3600)).await.is_err());
    // Browsers may know the store by another name, and what is signed is for that one.
    let config = self::config();
    let outside = config.endpoint.replace("127.0.0.1", "localhost");
    let elsewhere = Storage::new(&StorageConfig { public_endpoint: outside.clone(), ..config }).unwrap();
    let url = elsewhere.presign_get(key, Duration::from_secs(60)).await.unwrap();
    assert!(url.starts_with(&outside) && !outside.contains("127.0.0.1"), "{url}");
    assert_eq!(http.get(&url).send().await.unwrap().status(), 200);
    assert_eq!(elsewhere.get(key).await.unwrap(), &b"bytes"[..]);
}

#[tokio::test]
async fn ensuring_the_bucket_twice_is_fine_and_ping_knows_whether_it_is_there() {
    let storage = storage().await;
    storage.ensure_bucket().await.unwrap();
    storage.ping().await.unwrap();
    let missing = Storage::new(&StorageConfig { bucket: "not-made-by-anybody".to_owned(), ..config() }).unwrap();
    assert!(missing.ping().await.is_err());
    let stranger = Storage::new(&StorageConfig { secret_access_key: "wrong".to_owned(), ..config() }).unwrap();
    assert!(matches!(stranger.ping().await, Err(StorageError::Unavailable(_))));
}

#[tokio::test]
async fn a_store_that_is_away_or_silent_fails_in_time_and_says_nothing_of_itself() {
    // Accepts connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, seconds) in [(silent.local_addr().unwrap(), 8), (away, 3)] {
        let storage = Storage::new(&StorageConfig { endpoint: format!("http://{address}"), ..config() }).unwrap();
        let started = Instant::now();
        let error = storage.put_photo(UserId::new(), PhotoId::new(), b"1", b"2", b"3").await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(seconds), "{:?}", started.elapsed());
        assert_eq!(error.to_string(), "the object store failed a request");
    }
}

#[tokio::test]
async fn urls_are_below_the_public_base() {
    let (user, photo) = (UserId::new(), PhotoId::new());
    for public_base in ["https://cdn.example", "https://cdn.example/"] {
        let storage = Storage::new(&StorageConfig { public_base: public_base.to_owned(), ..config() }).unwrap();
        let urls = storage.photo_urls(user, photo);
        for (url, name) in [(urls.thumb, "thumb"), (urls.small, "small"), (urls.large, "large")] {
            assert_eq!(url, format!("https://cdn.example/users/{user}/{photo}/{name}.webp"));
        }
    }
}
