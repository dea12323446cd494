//! Small pools with bounded waits: past two seconds a request is told to come back, instead of queueing without end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use balloond_metrics::{Counter, Histogram, Page, label};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};

const WAIT: Duration = Duration::from_secs(2);

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
    replica: Option<Pool>,
}

impl Database {
    /// Connects lazily: succeeds with Postgres away.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ::deadpool::managed::BuildError> {
        let replica =
            config.replica_url.as_deref().map(|url| Pool::new("replica", url, config.pool_size)).transpose()?;
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

    /// For reading what may be a moment old. The primary stands in for a replica that is away.
    pub async fn replica(&self) -> Result<Connection, PoolError> {
        if let Some(replica) = &self.replica
            && let Ok(connection) = replica.get().await
        {
            return Ok(connection);
        }
        self.primary().await
    }

    /// Writes how many connections there are, and how long was waited for one.
    pub fn measure(&self, page: &mut Page) {
        let pools: Vec<&Pool> = [&self.primary].into_iter().chain(&self.replica).collect();
        let states = pools.iter().flat_map(|pool| pool.states());
        page.gauge(
            "balloond_pool_connections",
            "Connections to Postgres by what they do, and callers who wait.",
            states,
        );
        let limits = pools.iter().map(|pool| (pool.label(), pool.connections.status().max_size));
        page.gauge("balloond_pool_limit", "Connections to Postgres at most.", limits);
        let waits = pools.iter().map(|pool| (pool.label(), &pool.measures.waits));
        page.histogram("balloond_pool_wait_seconds", "How long callers waited for a connection.", waits);
        let failures = pools.iter().map(|pool| (pool.label(), pool.measures.failures.get()));
        page.counter("balloond_pool_failures_total", "Callers who got no connection.", failures);
    }
}

#[derive(Clone)]
struct Pool {
    name: &'static str,
    connections: deadpool::Pool<AsyncPgConnection>,
    measures: Arc<Measures>,
}

#[derive(Default)]
struct Measures {
    waits: Histogram,
    failures: Counter,
}

impl Pool {
    fn new(name: &'static str, url: &str, size: usize) -> Result<Self, ::deadpool::managed::BuildError> {
        Ok(Self { name, connections: pool(url, size)?, measures: Arc::default() })
    }

    async fn get(&self) -> Result<Connection, PoolError> {
        let asked = Instant::now();
        let given = self.connections.get().await;
        self.measures.waits.observe(asked.elapsed());
        given.map_err(|error| {
            self.measures.failures.count();
            error.into()
        })
    }

    fn label(&self) -> String {
        label("pool", self.name)
    }

    fn states(&self) -> [(String, usize); 3] {
        let status = self.connections.status();
        let busy = status.size.saturating_sub(status.available);
        [("idle", status.available), ("busy", busy), ("waiting", status.waiting)]
            .map(|(state, count)| (format!("{},{}", self.label(), label("state", state)), count))
    }
}

fn pool(url: &str, size: usize) -> Result<deadpool::Pool<AsyncPgConnection>, ::deadpool::managed::BuildError> {
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
