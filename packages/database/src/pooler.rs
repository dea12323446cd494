//! Whether a transaction pooler stands between us and Postgres: one that gives a connection to somebody else after each transaction.

use std::time::Duration;

use futures_util::future::{try_join, try_join_all};
use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage, Statement, error::SqlState};

use crate::tls::{bad_connection, open};

/// Nobody's start waits longer for it.
const PATIENCE: Duration = Duration::from_millis(500);
const OTHERS: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooler {
    /// None, or one that leaves each client its connection.
    None,
    /// Statements that were prepared are there on every connection.
    KeepsStatements,
    /// They are not: nothing of ours works.
    LosesStatements,
}

/// The URL leads through a pooler that nothing of ours works behind.
#[derive(Debug, thiserror::Error)]
#[error(
    "DATABASE_URL leads through a pooler that forgets prepared statements (as PgBouncer before 1.21 and Supabase's port 6543 do): \
     give the direct address, or the pooler's in session mode (Supabase: port 5432)"
)]
pub struct UnfitPooler;

/// Asked before anything else uses the database, so that nobody else has the connection that is looked for.
///
/// # Errors
///
/// Nothing of ours would work. Where nobody answers in time, it is not known, and none.
pub async fn check(url: &str) -> Result<(), UnfitPooler> {
    match timeout(PATIENCE, find(url)).await {
        Ok(Ok(Pooler::LosesStatements)) => return Err(UnfitPooler),
        Ok(Ok(Pooler::KeepsStatements)) => tracing::warn!(
            "DATABASE_URL leads through a transaction pooler: what a session sets is lost, so set it for the role (docs/OPERATIONS.md), \
             and jobs are looked for rather than heard of"
        ),
        Ok(Ok(Pooler::None)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "whether there is a pooler is not known"),
        Err(_) => tracing::debug!("whether there is a pooler is not known in time"),
    }
    Ok(())
}

/// Prepares a statement, has others take connections until one has that on which it was prepared, and asks again. Without a pooler
/// that connection is nobody else's. All connect at once: it is what takes the time.
///
/// # Errors
///
/// Nobody answers.
pub async fn find(url: &str) -> diesel::ConnectionResult<Pooler> {
    let (ours, others) = try_join(open(url), try_join_all((0..OTHERS).map(|_| open(url)))).await?;
    let prepared = match ours.prepare("SELECT pg_backend_pid()").await {
        Ok(statement) => backend(&ours, &statement).await.map(|before| (statement, before)),
        Err(error) => Err(error),
    };
    let (statement, before) = match prepared {
        Err(error) if is_of_another(&error) => return Ok(Pooler::LosesStatements),
        prepared => prepared.map_err(bad_connection)?,
    };
    // Each transaction ends with its connection, when all is known.
    let taken = try_join_all(others.iter().map(take)).await.map_err(bad_connection)?;
    if !taken.contains(&before) {
        return Ok(Pooler::None);
    }
    match backend(&ours, &statement).await {
        Ok(_) => Ok(Pooler::KeepsStatements),
        Err(error) if is_of_another(&error) => Ok(Pooler::LosesStatements),
        Err(error) => Err(bad_connection(error)),
    }
}

/// Begins a transaction, and answers on which of the server's processes.
async fn take(client: &Client) -> Result<i32, tokio_postgres::Error> {
    let answers = client.simple_query("BEGIN; SELECT pg_backend_pid()").await?;
    let pid = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    });
    Ok(pid.unwrap_or_default())
}

async fn backend(client: &Client, statement: &Statement) -> Result<i32, tokio_postgres::Error> {
    client.query_one(statement, &[]).await?.try_get(0)
}

/// Whether the statement was prepared elsewhere, or somebody else's has its name: drivers count their names from the same number on.
fn is_of_another(error: &tokio_postgres::Error) -> bool {
    let signs = [
        SqlState::INVALID_SQL_STATEMENT_NAME,
        SqlState::DUPLICATE_PSTATEMENT,
        SqlState::PROTOCOL_VIOLATION,
        SqlState::DATATYPE_MISMATCH,
    ];
    error.code().map_or(!error.is_closed(), |code| signs.contains(code))
}
