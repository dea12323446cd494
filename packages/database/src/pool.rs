//! Small pools with bounded waits: past two seconds a request is told to come back, instead of queueing without end.

use std::time::Duration;

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
    primary: deadpool::Pool<AsyncPgConnection>,
    replica: Option<deadpool::Pool<AsyncPgConnection>>,
}

impl Database {
    /// Connects lazily: succeeds with Postgres away.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ::deadpool::managed::BuildError> {
        let replica = config.replica_url.as_deref().map(|url| pool(url, config.pool_size)).transpose()?;
        Ok(Self { primary: pool(&config.url, config.pool_size)?, replica })
    }

    /// For writing, and for reading what was just written.
    pub async fn primary(&self) -> Result<Connection, PoolError> {
        Ok(self.primary.get().await?)
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
