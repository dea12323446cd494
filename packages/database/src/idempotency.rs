//! Requests that may be repeated, and what they were answered.

use balloond_shared::UserId;
use chrono::{DateTime, Utc};
use diesel::{prelude::*, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::prepared::prepared;
use crate::schema::idempotency_keys as keys;

/// A request as it is remembered.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = keys)]
pub struct Remembered {
    pub request: Vec<u8>,
    /// `None` while it is still at work.
    pub status: Option<i16>,
    pub content_type: Option<String>,
    pub body: Option<Vec<u8>>,
}

/// From when on a key counts.
#[derive(Clone, Copy, Debug)]
pub struct Cutoffs {
    /// A key that was claimed before is forgotten.
    pub forgotten: DateTime<Utc>,
    /// The same request that was claimed before and is still without an answer was given up.
    pub abandoned: DateTime<Utc>,
}

/// Takes a key for a request; whether it was to be had. Of any number that ask at once, one gets it.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    user: UserId,
    key: &str,
    request: &[u8],
    now: DateTime<Utc>,
    cutoffs: Cutoffs,
) -> QueryResult<bool> {
    let claimed = prepared(
        "INSERT INTO idempotency_keys AS kept (user_id, key, request, claimed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, key) DO UPDATE
            SET request = excluded.request, claimed_at = excluded.claimed_at,
                status = NULL, content_type = NULL, body = NULL
            WHERE kept.claimed_at < $5
               OR (kept.status IS NULL AND kept.claimed_at < $6 AND kept.request = excluded.request)",
    )
    .bind::<sql_types::Uuid, _>(user)
    .bind::<sql_types::Text, _>(key)
    .bind::<sql_types::Bytea, _>(request)
    .bind::<sql_types::Timestamptz, _>(now)
    .bind::<sql_types::Timestamptz, _>(cutoffs.forgotten)
    .bind::<sql_types::Timestamptz, _>(cutoffs.abandoned)
    .execute(conn)
    .await?;
    Ok(claimed > 0)
}

pub async fn find(conn: &mut AsyncPgConnection, user: UserId, key: &str) -> QueryResult<Option<Remembered>> {
    keys::table.find((user, key)).select(Remembered::as_select()).first(conn).await.optional()
}

/// Keeps the answer of a request that is at work.
pub async fn answer(
    conn: &mut AsyncPgConnection,
    user: UserId,
    key: &str,
    (status, content_type, body): (i16, Option<&str>, &[u8]),
) -> QueryResult<usize> {
    diesel::update(keys::table.find((user, key)).filter(keys::status.is_null()))
        .set((keys::status.eq(status), keys::content_type.eq(content_type), keys::body.eq(body)))
        .execute(conn)
        .await
}

/// Lets a key go whose request came to nothing.
pub async fn release(conn: &mut AsyncPgConnection, user: UserId, key: &str) -> QueryResult<usize> {
    diesel::delete(keys::table.find((user, key)).filter(keys::status.is_null())).execute(conn).await
}

/// Forgets `limit` of the keys that were claimed before `cutoff`.
pub async fn delete_before(conn: &mut AsyncPgConnection, cutoff: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    prepared(
        "DELETE FROM idempotency_keys WHERE (user_id, key) IN
            (SELECT user_id, key FROM idempotency_keys WHERE claimed_at < $1 LIMIT $2)",
    )
    .bind::<sql_types::Timestamptz, _>(cutoff)
    .bind::<sql_types::BigInt, _>(limit)
    .execute(conn)
    .await
}
