//! Cache-aside: read the stored value, or load and store it.
//!
//! A load that began before an invalidation may have read the row as it was; stored afterwards it would stay wrong for
//! its whole life. So a load takes a lease first, an invalidation removes value and lease, and storing needs the
//! lease (as in Nishtala et al., "Scaling Memcache at Facebook", 2013, section 3.2.1).

use std::{sync::LazyLock, time::Duration};

use bytes::Bytes;

use crate::{
    Cache, CacheError, VERSION,
    connections::Lua,
    flight::{Progress, Seat},
};

/// Longer than any load; a load that takes longer is not stored.
const LEASE: Duration = Duration::from_secs(30);
/// Between attempts to deliver what Redis did not take.
const RETRY_AFTER: Duration = Duration::from_millis(250);

static BEGIN_LOAD: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("begin_load.lua")));
static FINISH_LOAD: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("finish_load.lua")));

/// Where a key's value and lease are. The braces keep both in one slot of a cluster.
struct Place {
    value: String,
    lease: String,
}

impl Place {
    fn of(key: &str) -> Self {
        let value = format!("{VERSION}:{{{key}}}");
        let lease = format!("{value}:lease");
        Self { value, lease }
    }
}

impl Cache {
    /// The JSON text stored under `key`; else what `load` gives, stored for `ttl` (give or take a tenth, so that what
    /// was stored together does not expire together). In this process one load a key runs at a time. A load must
    /// read what was committed (the primary, not a replica). Whoever cannot parse what comes back calls
    /// [`Cache::invalidate`] and loads again.
    ///
    /// # Errors
    ///
    /// What `load` fails with; it is not stored. Redis away is no error.
    pub async fn get_or_load<E, F>(&self, key: &str, ttl: Duration, load: F) -> Result<Bytes, E>
    where
        F: Future<Output = Result<String, E>> + Send,
    {
        let (place, measures) = (Place::of(key), &self.0.measures);
        if !self.0.owed.contains(key)
            && let Ok(Some(value)) = self.read(&place).await
        {
            measures.hits.count();
            return Ok(value);
        }
        loop {
            match self.0.flights.board(key) {
                Seat::Leader(leader) => {
                    let lease = match self.begin_load(key, &place).await {
                        Some(Begun::Stored(value)) => {
                            measures.hits.count();
                            leader.land(value.clone());
                            return Ok(value);
                        }
                        Some(Begun::Lease(token)) => {
                            measures.misses.count();
                            Some(token)
                        }
                        None => {
                            measures.unstored.count();
                            None
                        }
                    };
                    let value = match load.await {
                        Ok(text) => Bytes::from(text),
                        Err(error) => {
                            leader.fail();
                            return Err(error);
                        }
                    };
                    if let Some(token) = lease {
                        self.finish_load(&place, &token, &value, ttl).await;
                    }
                    leader.land(value.clone());
                    return Ok(value);
                }
                Seat::Follower(mut progress) => {
                    let outcome =
                        progress.wait_for(|progress| !matches!(progress, Progress::Loading)).await.map(|it| it.clone());
                    match outcome {
                        Ok(Progress::Loaded(value)) => {
                            measures.shared.count();
                            return Ok(value);
                        }
                        Ok(Progress::Loading | Progress::Failed) => return load.await.map(Bytes::from),
                        // The leader was cancelled: one of the followers takes over.
                        Err(_) => {}
                    }
                }
            }
        }
    }

    /// Forgets what is stored under `key`; call it after the commit. What Redis does not take now it gets later;
    /// until then this process does not read the key.
    pub async fn invalidate(&self, key: &str) {
        self.0.flights.ground(key);
        if let Err(error) = self.forget(key).await {
            tracing::warn!(%error, key, "an invalidation waits for Redis");
            if self.0.owed.add(key) {
                tokio::spawn(self.clone().pay_owed());
            }
        }
    }

    async fn pay_owed(self) {
        while let Some((key, count)) = self.0.owed.next() {
            match self.forget(&key).await {
                Ok(()) => self.0.owed.paid(&key, count),
                Err(_) => tokio::time::sleep(RETRY_AFTER).await,
            }
        }
    }

    async fn forget(&self, key: &str) -> Result<(), CacheError> {
        let Place { value, lease } = Place::of(key);
        self.0.connections.query(redis::cmd("UNLINK").arg(value).arg(lease)).await
    }

    async fn read(&self, place: &Place) -> Result<Option<Bytes>, CacheError> {
        let value: Option<Vec<u8>> = self.0.connections.query(redis::cmd("GET").arg(&place.value)).await?;
        Ok(value.map(Bytes::from))
    }

    /// Nothing when Redis is away: then the load is not stored.
    async fn begin_load(&self, key: &str, place: &Place) -> Option<Begun> {
        if self.0.owed.contains(key) {
            return None;
        }
        let token = rand::random::<u128>().to_ne_bytes();
        let life = LEASE.as_millis().to_string();
        let stored: Option<Vec<u8>> = self
            .0
            .connections
            .run(&BEGIN_LOAD, &[&place.value, &place.lease], &[&token, life.as_bytes()])
            .await
            .ok()?;
        Some(stored.map_or(Begun::Lease(token), |value| Begun::Stored(value.into())))
    }

    async fn finish_load(&self, place: &Place, token: &[u8], value: &[u8], ttl: Duration) {
        let life = ttl.mul_f64(rand::random_range(0.9..=1.1)).as_millis().max(1).to_string();
        let stored: Result<bool, _> =
            self.0.connections.run(&FINISH_LOAD, &[&place.value, &place.lease], &[token, value, life.as_bytes()]).await;
        if let Err(error) = stored {
            tracing::debug!(%error, "a loaded value was not stored");
        }
    }
}

enum Begun {
    Stored(Bytes),
    Lease([u8; 16]),
}
