//! Small pools with bounded waits: past two seconds a request is told to come back, instead of queueing without end.
//!
//! The task that drives a connection runs on the thread that opened it. So each thread has a lane of connections of its own, and
//! takes one of another's only when its own are all in use: an answer that arrives on another thread costs two wake-ups more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
    time::{Duration, Instant},
};

use crate::replica::Replica;
use ::deadpool::managed::{TimeoutType, Timeouts};
use balloond_metrics::{Counter, Histogram, Page, label};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};
use tracing::{Instrument, trace_span};

const WAIT: Duration = Duration::from_secs(2);
/// One that is there, or may be opened.
const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: Some(WAIT), recycle: None };

/// A pooled connection. Take one, use it, let it go; never hold one while asking for a second.
pub type Connection = deadpool::Object<AsyncPgConnection>;

/// No connection in time: Postgres is away, or all are in use.
#[derive(Debug, thiserror::Error)]
#[error("no database connection: {0}")]
pub struct PoolError(#[from] deadpool::PoolError);

#[derive(Clone)]
pub struct DatabaseConfig {
    pub url: String,
    /// Where reads that bear a moment's delay go.
    pub replica_url: Option<String>,
    /// Connections a pool.
    pub pool_size: usize,
}

/// The primary and, where there is one, its replica. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    primary: Pool,
    replica: Option<Arc<Replica>>,
}

impl Database {
    /// Connects lazily: succeeds with Postgres away.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ::deadpool::managed::BuildError> {
        let replica = config.replica_url.as_deref().map(|url| Pool::new("replica", url, config.pool_size));
        let replica = replica.transpose()?.map(|pool| Arc::new(Replica::new(pool)));
        Ok(Self { primary: Pool::new("primary", &config.url, config.pool_size)?, replica })
    }

    /// For writing, and for reading what was just written.
    pub async fn primary(&self) -> Result<Connection, PoolError> {
        self.primary.get().await
    }

    /// Whether the primary answers a query.
    pub async fn is_up(&self) -> bool {
        match self.primary().await {
            Ok(mut connection) => connection.batch_execute("SELECT 1").await.is_ok(),
            Err(_) => false,
        }
    }

    #[must_use]
    pub fn has_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// For reading what may be a moment old, [`LAG_LIMIT`](crate::LAG_LIMIT) at most. The primary stands in for a replica that is away or further behind.
    pub async fn replica(&self) -> Result<Connection, PoolError> {
        let connection = match &self.replica {
            Some(replica) => replica.get(&self.primary).await,
            None => None,
        };
        match connection {
            Some(connection) => Ok(connection),
            None => self.primary().await,
        }
    }

    /// Writes how many connections there are, and how long was waited for one.
    pub fn measure(&self, page: &mut Page) {
        let pools: Vec<&Pool> = [&self.primary].into_iter().chain(self.replica.iter().map(|it| &it.pool)).collect();
        let states = pools.iter().flat_map(|pool| pool.states());
        page.gauge(
            "balloond_pool_connections",
            "Connections to Postgres by what they do, and callers who wait.",
            states,
        );
        let limits = pools.iter().map(|pool| (pool.label(), pool.limit()));
        page.gauge("balloond_pool_limit", "Connections to Postgres at most.", limits);
        let waits = pools.iter().map(|pool| (pool.label(), &pool.measures.waits));
        page.histogram("balloond_pool_wait_seconds", "How long callers waited for a connection.", waits);
        let failures = pools.iter().map(|pool| (pool.label(), pool.measures.failures.get()));
        page.counter("balloond_pool_failures_total", "Callers who got no connection.", failures);
    }
}

#[derive(Clone)]
pub(crate) struct Pool {
    name: &'static str,
    lanes: Arc<[Lane]>,
    measures: Arc<Measures>,
}

type Lane = deadpool::Pool<AsyncPgConnection>;

#[derive(Default)]
struct Measures {
    waits: Histogram,
    failures: Counter,
}

impl Pool {
    fn new(name: &'static str, url: &str, size: usize) -> Result<Self, ::deadpool::managed::BuildError> {
        let threads = available_parallelism().map_or(1, usize::from);
        let lanes = split(size, threads).map(|size| lane(url, size)).collect::<Result<_, _>>()?;
        Ok(Self { name, lanes, measures: Arc::default() })
    }

    pub(crate) async fn get(&self) -> Result<Connection, PoolError> {
        let asked = Instant::now();
        let given = self.take().await;
        self.measures.waits.observe(asked.elapsed());
        given.map_err(|error| {
            self.measures.failures.count();
            error.into()
        })
    }

    async fn take(&self) -> Result<Connection, deadpool::PoolError> {
        let (before, from_own) = self.lanes.split_at(thread_number() % self.lanes.len());
        for lane in from_own.iter().chain(before) {
            match lane.timeout_get(&AT_ONCE).await {
                Err(deadpool::PoolError::Timeout(TimeoutType::Wait)) => {}
                given => return given,
            }
        }
        let Some(own) = from_own.first() else { return Err(::deadpool::managed::PoolError::Closed) };
        own.get().instrument(trace_span!("pool wait")).await
    }

    fn label(&self) -> String {
        label("pool", self.name)
    }

    fn limit(&self) -> usize {
        self.lanes.iter().map(|lane| lane.status().max_size).sum()
    }

    fn states(&self) -> [(String, usize); 3] {
        let (mut idle, mut busy, mut waiting) = (0, 0, 0);
        for status in self.lanes.iter().map(deadpool::Pool::status) {
            idle += status.available;
            busy += status.size.saturating_sub(status.available);
            waiting += status.waiting;
        }
        [("idle", idle), ("busy", busy), ("waiting", waiting)]
            .map(|(state, count)| (format!("{},{}", self.label(), label("state", state)), count))
    }
}

/// Threads are numbered as they come here first.
fn thread_number() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed));
    NUMBER.with(|number| *number)
}

/// `size` in at most `parts` parts, none of them empty.
fn split(size: usize, parts: usize) -> impl Iterator<Item = usize> {
    let parts = parts.clamp(1, size.max(1));
    (0..parts).map(move |part| size.max(1) / parts + usize::from(part < size % parts))
}

fn lane(url: &str, size: usize) -> Result<Lane, ::deadpool::managed::BuildError> {
    let mut config = ManagerConfig::default();
    // A closed connection is seen without asking it; asking each time would double every request's round trips.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| {
        let url = url.to_owned();
        Box::pin(async move { crate::connect(&url).await })
    });
    deadpool::Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn all_connections_are_in_a_lane() {
        assert_eq!(split(5, 2).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(split(2, 8).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(split(0, 4).collect::<Vec<_>>(), [1]);
    }
}
