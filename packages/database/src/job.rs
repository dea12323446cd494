//! The queue of background jobs, whose tables and functions the library graphile_worker makes.

use crate::prepared::prepared;
use chrono::{DateTime, Utc};
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Bool, Double, Integer, Json, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Enqueues a job; within a transaction it is done if and only if the transaction commits.
pub async fn add(conn: &mut AsyncPgConnection, task: &str, payload: &serde_json::Value) -> QueryResult<()> {
    let query = prepared("SELECT graphile_worker.add_job($1, $2)").bind::<Text, _>(task).bind::<Json, _>(payload);
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
    prepared(query).load(conn).await
}

/// Enqueues those of the recurring jobs whose time has come, each once however many processes ask; answers how many. `seconds`
/// has the time between two runs of the task at the same place.
pub async fn enqueue_due(conn: &mut AsyncPgConnection, tasks: &[&str], seconds: &[i32]) -> QueryResult<usize> {
    let query = "
        WITH claimed AS (
            INSERT INTO job_schedules AS schedule (task, every, last_at)
            SELECT task, make_interval(secs => seconds), now() FROM unnest($1, $2) AS wanted (task, seconds)
            ON CONFLICT (task) DO UPDATE SET every = excluded.every, last_at = excluded.last_at
                WHERE schedule.last_at <= now() - excluded.every
            RETURNING task
        )
        SELECT (graphile_worker.add_job(task, '{}', job_key => task)).id FROM claimed";
    prepared(query).bind::<Array<Text>, _>(tasks).bind::<Array<Integer>, _>(seconds).execute(conn).await
}

/// A job that failed so often that it is tried no more.
#[derive(Debug, QueryableByName)]
pub struct DeadJob {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub task: String,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub failed_at: DateTime<Utc>,
}

/// The dead jobs, the one that failed last first.
pub async fn dead(conn: &mut AsyncPgConnection, limit: i64) -> QueryResult<Vec<DeadJob>> {
    let query = "
        SELECT id, task_identifier AS task, attempts::integer, last_error, created_at, updated_at AS failed_at
        FROM graphile_worker.jobs WHERE attempts >= max_attempts AND locked_at IS NULL
        ORDER BY updated_at DESC, id DESC LIMIT $1";
    prepared(query).bind::<BigInt, _>(limit).load(conn).await
}

/// Gives dead jobs all their attempts again, from now on: those of `ids`, or all. Answers how many there were.
pub async fn revive(conn: &mut AsyncPgConnection, ids: &[i64], all: bool) -> QueryResult<usize> {
    let query = "
        SELECT id FROM graphile_worker.reschedule_jobs(
            ARRAY(
                SELECT id FROM graphile_worker.jobs
                WHERE attempts >= max_attempts AND locked_at IS NULL AND ($2 OR id = ANY ($1))
            ),
            run_at => now(), attempts => 0
        )";
    prepared(query).bind::<Array<BigInt>, _>(ids).bind::<Bool, _>(all).execute(conn).await
}
