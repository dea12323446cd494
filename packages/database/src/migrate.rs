//! The embedded migrations.

use std::time::Duration;

use diesel::{ConnectionError, QueryResult, dsl::sql, sql_types::Bool};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Any number, always the same: two processes that start at once migrate one after the other.
const LOCK: &str = "pg_try_advisory_lock(7426114501)";
/// Between two tries to get the lock. Waiting inside of a statement would hold up whoever has it: `CREATE INDEX CONCURRENTLY` waits
/// for all statements that run.
const RETRY: Duration = Duration::from_millis(200);

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("no connection to the database: {0}")]
    Connection(#[from] ConnectionError),
    #[error("the migration failed: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Runs what has not run yet; answers the names of what it ran.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrateError> {
    locked(url, |harness| {
        let ran = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(ran.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes back every migration. For tests: it drops all data.
pub async fn revert_all(url: &str) -> Result<(), MigrateError> {
    locked(url, |harness| harness.revert_all_migrations(MIGRATIONS).map(drop)).await
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Does `work` under the lock, on a thread where it may block. The lock goes with the connection.
async fn locked<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut Harness) -> Outcome<T> + Send + 'static,
) -> Result<T, MigrateError> {
    let mut connection = crate::connect(url).await?;
    // A migration may take longer than a request may.
    connection
        .batch_execute("SET statement_timeout = 0")
        .await
        .map_err(|error| MigrateError::Migration(Box::new(error)))?;
    while !try_lock(&mut connection).await.map_err(|error| MigrateError::Migration(Box::new(error)))? {
        tokio::time::sleep(RETRY).await;
    }
    let done = tokio::task::spawn_blocking(move || work(&mut AsyncMigrationHarness::new(connection))).await;
    done.map_err(|error| MigrateError::Migration(Box::new(error)))?.map_err(MigrateError::Migration)
}

async fn try_lock(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    diesel::select(sql::<Bool>(LOCK)).get_result(connection).await
}
