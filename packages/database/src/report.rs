//! Reports, and what they copy.

use balloond_shared::{ChatId, MessageId, ReportId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{Keyset, prepared::prepared, schema::reports};

/// A report as it is stored; `evidence` is the domain's.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports)]
pub struct Report {
    pub id: ReportId,
    pub reporter_id: UserId,
    pub reported_id: Option<UserId>,
    pub about: String,
    pub about_id: uuid::Uuid,
    pub reason: String,
    pub words: String,
    pub evidence: serde_json::Value,
    pub created_at: DateTime<Utc>,
}

/// A message that is copied.
#[derive(Clone, Debug, QueryableByName)]
pub struct Copied {
    #[diesel(sql_type = Uuid)]
    pub id: MessageId,
    #[diesel(sql_type = Uuid)]
    pub sender_id: UserId,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub body: String,
    #[diesel(sql_type = Bool)]
    pub is_photo: bool,
    #[diesel(sql_type = Timestamptz)]
    pub sent_at: DateTime<Utc>,
}

/// A message's place.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Place {
    #[diesel(sql_type = Uuid)]
    pub chat_id: ChatId,
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    #[diesel(sql_type = Uuid)]
    pub sender_id: UserId,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Nullable<Uuid>)]
    other: Option<UserId>,
}

pub async fn insert(conn: &mut AsyncPgConnection, report: &Report) -> QueryResult<usize> {
    diesel::insert_into(reports::table).values(report).execute(conn).await
}

/// What somebody reported, the last one first.
pub async fn list(conn: &mut AsyncPgConnection, reporter: UserId, keyset: Keyset) -> QueryResult<Vec<Report>> {
    let mut query = reports::table
        .filter(reports::reporter_id.eq(reporter))
        .order(reports::id.desc())
        .limit(keyset.rows())
        .select(Report::as_select())
        .into_boxed();
    if let Some(after) = keyset.after {
        query = query.filter(reports::id.lt(after));
    }
    query.load(conn).await
}

pub async fn find(conn: &mut AsyncPgConnection, reporter: UserId, id: ReportId) -> QueryResult<Option<Report>> {
    let report = reports::table.find(id).filter(reports::reporter_id.eq(reporter));
    report.select(Report::as_select()).first(conn).await.optional()
}

/// Deletes at most `limit` reports that were made before `cutoff`, and names them.
pub async fn delete_before(
    conn: &mut AsyncPgConnection,
    cutoff: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<ReportId>> {
    let old = diesel::alias!(reports as old);
    let ids = old.filter(old.field(reports::created_at).lt(cutoff)).select(old.field(reports::id)).limit(limit);
    diesel::delete(reports::table.filter(reports::id.eq_any(ids))).returning(reports::id).get_results(conn).await
}

/// Whether somebody is or was in a chat: `None` when not, else the other person of a direct one.
pub async fn knows_chat(
    conn: &mut AsyncPgConnection,
    user: UserId,
    chat: ChatId,
) -> QueryResult<Option<Option<UserId>>> {
    let known: Option<Known> = prepared(
        "SELECT CASE direct_low WHEN $1 THEN direct_high ELSE direct_low END AS other FROM chats
         WHERE id = $2 AND (
             EXISTS (SELECT FROM chat_members WHERE chat_id = $2 AND user_id = $1)
             OR EXISTS (SELECT FROM set_aside_members WHERE chat_id = $2 AND user_id = $1)
             OR EXISTS (SELECT FROM messages WHERE chat_id = $2 AND sender_id = $1)
         )",
    )
    .bind::<Uuid, _>(user)
    .bind::<Uuid, _>(chat)
    .get_result(conn)
    .await
    .optional()?;
    Ok(known.map(|known| known.other))
}

pub async fn place(conn: &mut AsyncPgConnection, message: MessageId) -> QueryResult<Option<Place>> {
    let query = prepared("SELECT chat_id, seq, sender_id FROM messages WHERE id = $1").bind::<Uuid, _>(message);
    query.get_result(conn).await.optional()
}

/// The newest messages of a chat up to `last`, at most `limit`; oldest first.
pub async fn messages(conn: &mut AsyncPgConnection, chat: ChatId, last: i64, limit: i64) -> QueryResult<Vec<Copied>> {
    let newest = prepared(
        "SELECT messages.id, sender_id, users.name, COALESCE(body, '') AS body, photo IS NOT NULL AS is_photo, sent_at
         FROM messages JOIN users ON users.id = sender_id
         WHERE chat_id = $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3",
    );
    let mut messages: Vec<Copied> =
        newest.bind::<Uuid, _>(chat).bind::<BigInt, _>(last).bind::<BigInt, _>(limit).load(conn).await?;
    messages.reverse();
    Ok(messages)
}
