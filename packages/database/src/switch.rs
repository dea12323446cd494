//! What was turned off, or on again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::switches;

/// Each that was ever turned: its name, whether it is on, and since when.
pub async fn all(conn: &mut AsyncPgConnection) -> QueryResult<Vec<(String, bool, DateTime<Utc>)>> {
    switches::table.load(conn).await
}

pub async fn set(conn: &mut AsyncPgConnection, name: &str, is_on: bool, now: DateTime<Utc>) -> QueryResult<usize> {
    let set = (switches::is_on.eq(is_on), switches::changed_at.eq(now));
    diesel::insert_into(switches::table)
        .values((switches::name.eq(name), set))
        .on_conflict(switches::name)
        .do_update()
        .set(set)
        .execute(conn)
        .await
}
