//! A replica, and whether it follows the primary closely enough to be read from.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use diesel::{QueryResult, QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    pool::{Connection, Pool},
    prepared::prepared,
};

/// How often it is looked, at most, and only while the replica is asked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A replica that lacks what was written so long ago is not read from.
pub const LAG_LIMIT: Duration = Duration::from_secs(3);

pub(crate) struct Replica {
    pub(crate) pool: Pool,
    looked: Mutex<Look>,
}

/// What was seen when it was last looked.
#[derive(Clone, Copy, Default)]
struct Look {
    at: Option<Instant>,
    /// Where the primary's log ended, in bytes.
    primary: Option<i64>,
    is_close: bool,
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

impl Replica {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool, looked: Mutex::default() }
    }

    /// A connection to it; `None` when it is away or too far behind.
    pub(crate) async fn get(&self, primary: &Pool) -> Option<Connection> {
        let mut replica = self.pool.get().await.ok()?;
        let now = Instant::now();
        let last = self.begin_look(now);
        let Some(last) = last else { return self.seen().is_close.then_some(replica) };
        // Not known is not close.
        let look = look(&mut replica, primary, last, now).await.unwrap_or(Look { at: Some(now), ..Look::default() });
        *self.seen() = look;
        look.is_close.then_some(replica)
    }

    /// What was seen before, for the one caller whose turn it is to look.
    fn begin_look(&self, now: Instant) -> Option<Look> {
        let mut look = self.seen();
        if look.at.is_some_and(|at| now.saturating_duration_since(at) < LOOK_EVERY) {
            return None;
        }
        let last = *look;
        look.at = Some(now);
        Some(last)
    }

    fn seen(&self) -> MutexGuard<'_, Look> {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compares positions in the log rather than times: nothing written for an hour is no lag of an hour, and a replica that hears nothing
/// of the primary any more finds itself up to date.
async fn look(replica: &mut AsyncPgConnection, primary: &Pool, last: Look, now: Instant) -> Option<Look> {
    let replayed = position(replica, "pg_last_wal_replay_lsn()").await.ok()?;
    let mut primary = primary.get().await.ok()?;
    let written = position(&mut primary, "pg_current_wal_lsn()").await.ok()?;
    // While much is written it is always a little behind: then it has to have what was there when it was last looked.
    let is_recent = last.at.is_some_and(|at| now.saturating_duration_since(at) < LAG_LIMIT);
    let wanted = last.primary.filter(|_| is_recent).unwrap_or(written);
    Some(Look { at: Some(now), primary: Some(written), is_close: replayed >= wanted })
}

async fn position(conn: &mut AsyncPgConnection, function: &str) -> QueryResult<i64> {
    let sql = format!("SELECT pg_wal_lsn_diff({function}, '0/0')::int8 AS bytes");
    prepared(&sql).get_result::<Position>(conn).await.map(|position| position.bytes)
}
