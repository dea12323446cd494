//! Redis: cache-aside, rate limits, and the channel on which the processes tell each other what happened.
//!
//! Nothing here is the truth, and nothing here may stop a request: with Redis away a value is loaded, a rate is
//! counted in this process alone, and an event is lost until somebody asks the database. Every command is bounded
//! (see [`connections`]), and a breaker makes an absent Redis cost next to nothing.

mod aside;
mod breaker;
mod connections;
mod event;
mod flight;
mod link;
mod measures;
mod once;
mod owed;
mod presence;
mod rate;
mod shards;
mod subscription;
mod written;

use std::sync::{Arc, atomic::AtomicU64};

pub use event::{Envelope, EventKind, Heard};
pub use presence::{PRESENCE_LASTS, PRESENCE_RENEWED};
pub use rate::{RateDecision, RateLimit};
pub use subscription::{Notice, Subscription};

use connections::Connections;
use flight::Flights;
use measures::Measures;
use owed::Owed;
use rate::LocalRates;

/// Begins every key. Raise the number when the shape of what is stored changes, so that during a deployment the old and
/// the new release do not read each other's values.
const VERSION: &str = "balloond:1";

/// How to reach Redis.
#[derive(Clone)]
pub struct CacheConfig {
    /// `redis://`, `rediss://` (TLS, with verified certificates) or `unix://`; several with commas between them where it is a cluster.
    pub url: String,
    /// Whether the URL names nodes of a cluster.
    pub is_cluster: bool,
    /// PEM of the authorities that certificates are verified by, instead of the web's public ones.
    pub root_certificates: Option<Vec<u8>>,
    /// Connections for commands at most; the subscriber has one of its own. One for each thread that serves
    /// requests is best: see [`connections`].
    pub pool_size: usize,
}

/// The handle to Redis; cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    connections: Connections,
    flights: Flights,
    owed: Owed,
    local_rates: LocalRates,
    measures: Measures,
    /// Milliseconds, see [`Cache::stay_awake`].
    awake_until: AtomicU64,
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("the Redis URL is not valid")]
    Url(#[source] redis::RedisError),
    /// It failed a moment ago and is not asked again yet.
    #[error("Redis is away")]
    Away,
    #[error("Redis failed a command")]
    Redis(#[from] redis::RedisError),
}

impl Cache {
    /// Connects on first use, so it succeeds while Redis is away.
    ///
    /// # Errors
    ///
    /// [`CacheError::Url`].
    pub fn new(config: &CacheConfig) -> Result<Self, CacheError> {
        Ok(Self(Arc::new(Inner {
            connections: Connections::new(config)?,
            flights: Flights::default(),
            owed: Owed::default(),
            local_rates: LocalRates::default(),
            measures: Measures::default(),
            awake_until: AtomicU64::default(),
        })))
    }

    /// Whether Redis answers.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.0.connections.query(&redis::cmd("PING")).await
    }
}
