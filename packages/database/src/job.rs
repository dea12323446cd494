//! The queue of background jobs, whose tables and functions the library graphile_worker makes.

use diesel::{
    QueryResult, sql_query,
    sql_types::{Json, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Enqueues a job; within a transaction it is done if and only if the transaction commits.
pub async fn add(conn: &mut AsyncPgConnection, task: &str, payload: &serde_json::Value) -> QueryResult<()> {
    let query = sql_query("SELECT graphile_worker.add_job($1, $2)").bind::<Text, _>(task).bind::<Json, _>(payload);
    query.execute(conn).await.map(drop)
}
