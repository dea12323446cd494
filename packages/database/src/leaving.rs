//! Erasing a person, and their exports.

use balloond_shared::{BalloonId, ErasureId, ExportId, PhotoId, ReportId, SessionId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    api_token,
    schema::{erasures, exports, photos, reports, sessions},
};

/// What stands in the place of a name.
pub const ERASED_NAME: &str = "Deleted account";

/// What [`scrub`] took away at once.
#[derive(Debug, Default)]
pub struct Scrubbed {
    pub photos: Vec<PhotoId>,
    pub blocks: usize,
    /// Those that they floated, each with whom it waited for.
    pub balloons: Vec<(BalloonId, UserId)>,
    /// Those that ended with it.
    pub sessions: Vec<SessionId>,
}

#[derive(QueryableByName)]
struct Floated {
    #[diesel(sql_type = Uuid)]
    id: BalloonId,
    #[diesel(sql_type = Uuid)]
    to_id: UserId,
}

/// Takes away all that others could see of a person, and all that says who they were. What is left is a row without a name, for
/// what others have. Belongs in a transaction that holds the person's lock.
pub async fn scrub(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<Scrubbed> {
    sql_query(
        "UPDATE users SET email = id || '@erased.invalid', password_hash = '!', name = 'Deleted account', age = 18,
                age_given_on = $2::date, bio = '', interests = '{}', hidden_words = '{}', paused_at = NULL,
                role = NULL, suspended_until = NULL, version = version + 1, created_at = $2, erased_at = $2
         WHERE id = $1",
    )
    .bind::<Uuid, _>(user)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    for table in
        ["mail_codes", "totp_secrets", "recovery_codes", "passkeys", "push_subscriptions", "notification_settings"]
    {
        of(conn, &format!("DELETE FROM {table} WHERE user_id = $1"), user).await?;
    }
    let mine = photos::table.filter(photos::user_id.eq(user));
    let photos: Vec<PhotoId> = diesel::delete(mine).returning(photos::id).get_results(conn).await?;
    let balloons: Vec<Floated> = sql_query("DELETE FROM balloons WHERE from_id = $1 RETURNING id, to_id")
        .bind::<Uuid, _>(user)
        .load(conn)
        .await?;
    // What others floated them stays as theirs, and looks as if it had been popped: as it does anyway.
    sql_query("UPDATE balloons SET state = 'popped', answered_at = $2 WHERE to_id = $1 AND state = 'pending'")
        .bind::<Uuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    let blocks = of(conn, "DELETE FROM blocks WHERE blocker_id = $1 OR (blocked_id = $1 AND is_known)", user).await?;
    // Whoever they had blocked has the chat again, and in it what was said.
    of(
        conn,
        "WITH back AS (
             DELETE FROM set_aside_members aside USING chats
             WHERE chats.id = aside.chat_id AND $1 IN (chats.direct_low, chats.direct_high)
             RETURNING aside.member
         )
         INSERT INTO chat_members SELECT (jsonb_populate_record(NULL::chat_members, member)).* FROM back",
        user,
    )
    .await?;
    // A group that lost its owner has the one who was there first.
    of(
        conn,
        "WITH left_groups AS (
             DELETE FROM chat_members USING chats
             WHERE chats.id = chat_members.chat_id AND chats.kind = 'group' AND chat_members.user_id = $1
             RETURNING chat_members.chat_id, chat_members.role
         ), heirs AS (
             SELECT DISTINCT ON (members.chat_id) members.chat_id, members.user_id
             FROM chat_members members JOIN left_groups ON left_groups.chat_id = members.chat_id
             WHERE left_groups.role = 'owner' AND members.user_id <> $1
             ORDER BY members.chat_id, members.role = 'member', members.joined_at, members.user_id
         )
         UPDATE chat_members SET role = 'owner' FROM heirs
         WHERE chat_members.chat_id = heirs.chat_id AND chat_members.user_id = heirs.user_id",
        user,
    )
    .await?;
    // What waits for the end of their quiet hours names them.
    of(
        conn,
        "SELECT graphile_worker.remove_job('call:' || chat_id || ':' || $1) FROM chat_members WHERE user_id = $1",
        user,
    )
    .await?;
    // What they did in groups stays, and what was done to them; as what they were called does not.
    of(conn, "UPDATE messages SET line = line - 'by' WHERE sender_id = $1 AND line IS NOT NULL", user).await?;
    of(conn, "UPDATE messages SET line = line - 'name' WHERE line ->> 'user' = $1::text", user).await?;
    of(conn, "DELETE FROM idempotency_keys WHERE user_id = $1", user).await?;
    let open = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let mut sessions: Vec<SessionId> =
        diesel::update(open).set(sessions::revoked_at.eq(now)).returning(sessions::id).get_results(conn).await?;
    sessions.extend(api_token::revoke_all(conn, user, now).await?);
    Ok(Scrubbed { photos, blocks, balloons: balloons.into_iter().map(|row| (row.id, row.to_id)).collect(), sessions })
}

async fn of(conn: &mut AsyncPgConnection, sql: &str, user: UserId) -> QueryResult<usize> {
    sql_query(sql).bind::<Uuid, _>(user).execute(conn).await
}

/// The receipt of an erasure.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasures)]
pub struct Erasure {
    pub id: ErasureId,
    pub requested_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub removed: serde_json::Value,
}

pub async fn open_receipt(conn: &mut AsyncPgConnection, receipt: &Erasure) -> QueryResult<usize> {
    diesel::insert_into(erasures::table).values(receipt).execute(conn).await
}

pub async fn receipt(conn: &mut AsyncPgConnection, id: ErasureId) -> QueryResult<Option<Erasure>> {
    erasures::table.find(id).select(Erasure::as_select()).first(conn).await.optional()
}

/// Writes what was removed, and, once it is all, when that was.
pub async fn note_removed(
    conn: &mut AsyncPgConnection,
    id: ErasureId,
    removed: &serde_json::Value,
    finished: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(erasures::table.find(id))
        .set((erasures::removed.eq(removed), erasures::finished_at.eq(finished)))
        .execute(conn)
        .await
}

/// The reports that a person made.
pub async fn reports_by(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<ReportId>> {
    reports::table.filter(reports::reporter_id.eq(user)).select(reports::id).load(conn).await
}

/// The exports of a person.
pub async fn exports_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<ExportId>> {
    exports::table.filter(exports::user_id.eq(user)).select(exports::id).load(conn).await
}

/// How many rows of each were deleted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Swept {
    pub sessions: usize,
    pub reports: usize,
    pub exports: usize,
}

/// Deletes the rows that only the person themselves could see; at last the row without a name, unless others have something that
/// points to it. Belongs in a transaction.
pub async fn sweep(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Swept> {
    of(conn, "DELETE FROM api_tokens WHERE user_id = $1", user).await?;
    let swept = Swept {
        sessions: of(conn, "DELETE FROM sessions WHERE user_id = $1", user).await?,
        reports: of(conn, "DELETE FROM reports WHERE reporter_id = $1", user).await?,
        exports: of(conn, "DELETE FROM exports WHERE user_id = $1", user).await?,
    };
    of(conn, "DELETE FROM suspensions WHERE user_id = $1", user).await?;
    of(conn, "UPDATE audit_log SET subject_id = NULL, details = '', reason = '' WHERE subject_id = $1", user).await?;
    of(
        conn,
        "DELETE FROM users WHERE id = $1
            AND NOT EXISTS (SELECT FROM messages WHERE sender_id = $1)
            AND NOT EXISTS (SELECT FROM chat_members WHERE user_id = $1)
            AND NOT EXISTS (SELECT FROM chats WHERE direct_low = $1 OR direct_high = $1)
            AND NOT EXISTS (SELECT FROM balloons WHERE to_id = $1)
            AND NOT EXISTS (SELECT FROM blocks WHERE blocked_id = $1)
            AND NOT EXISTS (SELECT FROM audit_log WHERE actor_id = $1)",
        user,
    )
    .await?;
    Ok(swept)
}

/// A copy of all that is kept of somebody, done or under way.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = exports)]
pub struct Export {
    pub id: ExportId,
    pub user_id: UserId,
    pub percent: i16,
    pub requested_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_export(conn: &mut AsyncPgConnection, export: &Export) -> QueryResult<usize> {
    diesel::insert_into(exports::table).values(export).execute(conn).await
}

pub async fn find_export(conn: &mut AsyncPgConnection, id: ExportId) -> QueryResult<Option<Export>> {
    exports::table.find(id).select(Export::as_select()).first(conn).await.optional()
}

/// Somebody's newest export that has not expired.
pub async fn newest_export(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Export>> {
    exports::table
        .filter(exports::user_id.eq(user))
        .filter(exports::expires_at.gt(now))
        .order(exports::id.desc())
        .select(Export::as_select())
        .first(conn)
        .await
        .optional()
}

/// How far it is; `finished_at` when it is there.
pub async fn progress_export(
    conn: &mut AsyncPgConnection,
    id: ExportId,
    percent: i16,
    finished_at: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(exports::table.find(id))
        .set((exports::percent.eq(percent), exports::finished_at.eq(finished_at)))
        .execute(conn)
        .await
}

/// Deletes at most `limit` exports that have expired, and names them.
pub async fn delete_expired_exports(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<ExportId>> {
    #[derive(QueryableByName)]
    struct Gone {
        #[diesel(sql_type = Uuid)]
        id: ExportId,
    }
    let gone: Vec<Gone> = sql_query(
        "DELETE FROM exports WHERE id IN (SELECT id FROM exports WHERE expires_at < $1 LIMIT $2) RETURNING id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(gone.into_iter().map(|gone| gone.id).collect())
}
