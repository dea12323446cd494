//! The queue of background jobs, whose tables and functions the library graphile_worker makes.

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Double, Json, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Enqueues a job; within a transaction it is done if and only if the transaction commits.
pub async fn add(conn: &mut AsyncPgConnection, task: &str, payload: &serde_json::Value) -> QueryResult<()> {
    let query = sql_query("SELECT graphile_worker.add_job($1, $2)").bind::<Text, _>(task).bind::<Json, _>(payload);
    query.execute(conn).await.map(drop)
}

/// How many jobs of a kind are in which state, and how late the latest is.
#[derive(Debug, QueryableByName)]
pub struct Backlog {
    #[diesel(sql_type = Text)]
    pub task: String,
    /// Their time has come.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    #[diesel(sql_type = BigInt)]
    pub running: i64,
    /// For a later time: scheduled, or waiting for their next try.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Failed for good.
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
    /// Seconds since the oldest that is due should have been done.
    #[diesel(sql_type = Double)]
    pub lateness: f64,
}

/// The backlog of every kind of job that has one.
pub async fn backlog(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Backlog>> {
    let query = "
        SELECT task_identifier AS task,
            count(*) FILTER (WHERE state = 'due') AS due,
            count(*) FILTER (WHERE state = 'running') AS running,
            count(*) FILTER (WHERE state = 'waiting') AS waiting,
            count(*) FILTER (WHERE state = 'dead') AS dead,
            coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'due')), 0)::float8 AS lateness
        FROM (
            SELECT task_identifier, run_at, CASE
                WHEN locked_at IS NOT NULL THEN 'running'
                WHEN attempts >= max_attempts THEN 'dead'
                WHEN run_at <= now() THEN 'due'
                ELSE 'waiting'
            END AS state
            FROM graphile_worker.jobs
        ) AS states
        GROUP BY task_identifier ORDER BY task_identifier";
    sql_query(query).load(conn).await
}
