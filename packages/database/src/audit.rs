//! The audit log: who did what to whom. It only grows; the database itself refuses everything else.

use balloond_shared::{AuditId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{Keyset, schema::audit_log};

/// An entry to be added.
#[derive(Clone, Copy, Debug, Insertable)]
#[diesel(table_name = audit_log)]
pub struct NewEntry<'a> {
    pub id: AuditId,
    pub actor_id: Option<UserId>,
    pub subject_id: Option<UserId>,
    pub deed: &'a str,
    pub details: &'a str,
    pub reason: &'a str,
    pub done_at: DateTime<Utc>,
}

/// An entry, with the names as they are now.
#[derive(Clone, Debug, QueryableByName)]
pub struct Entry {
    #[diesel(sql_type = Uuid)]
    pub id: AuditId,
    #[diesel(sql_type = Text)]
    pub deed: String,
    #[diesel(sql_type = Text)]
    pub details: String,
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Timestamptz)]
    pub done_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub actor_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub subject_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub subject_name: Option<String>,
}

/// Belongs in the transaction of what it tells of.
pub async fn add(conn: &mut AsyncPgConnection, entry: &NewEntry<'_>) -> QueryResult<()> {
    diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
}

/// The entries about somebody, or all; the last one first.
pub async fn list(conn: &mut AsyncPgConnection, about: Option<UserId>, keyset: Keyset) -> QueryResult<Vec<Entry>> {
    sql_query(
        "SELECT audit_log.id, deed, details, reason, done_at, actor_id, actor.name AS actor_name, subject_id,
                subject.name AS subject_name
         FROM audit_log
         LEFT JOIN users actor ON actor.id = actor_id
         LEFT JOIN users subject ON subject.id = subject_id
         WHERE ($1 IS NULL OR subject_id = $1) AND ($2 IS NULL OR audit_log.id < $2)
         ORDER BY audit_log.id DESC LIMIT $3",
    )
    .bind::<Nullable<Uuid>, _>(about)
    .bind::<Nullable<Uuid>, _>(keyset.after)
    .bind::<BigInt, _>(keyset.rows())
    .load(conn)
    .await
}
