//! Calling people who are away: who wants to be called, how, and what about.

use balloond_shared::{ChatId, SessionId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{notification_settings, push_subscriptions};

/// Tries of a note or a digest before it is given up: an hour.
pub(crate) const NOTE_TRIES: i32 = 8;

/// How somebody wants to be called.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notification_settings, treat_none_as_null = true)]
pub struct Settings {
    pub shows_text: bool,
    /// Minutes after midnight.
    pub quiet_from: Option<i16>,
    pub quiet_until: Option<i16>,
    pub time_zone: Option<String>,
    /// A mail a day, when something is unread.
    pub digest: bool,
}

/// A browser that wants to be woken.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_subscriptions)]
pub struct Subscription {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub endpoint: String,
    pub public_key: String,
    pub auth: String,
    pub created_at: DateTime<Utc>,
}

/// The defaults, where nothing was ever set.
pub async fn settings(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Settings> {
    let row = notification_settings::table.find(user).select(Settings::as_select()).first(conn).await.optional()?;
    Ok(row.unwrap_or_default())
}

pub async fn save_settings(conn: &mut AsyncPgConnection, user: UserId, settings: &Settings) -> QueryResult<usize> {
    diesel::insert_into(notification_settings::table)
        .values((notification_settings::user_id.eq(user), settings))
        .on_conflict(notification_settings::user_id)
        .do_update()
        .set(settings)
        .execute(conn)
        .await
}

/// The time zones that the database knows by a place's name.
pub async fn time_zones(conn: &mut AsyncPgConnection) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Zone {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let zones: Vec<Zone> = sql_query(
        "SELECT name FROM pg_timezone_names
         WHERE name = 'UTC' OR (name LIKE '%/%' AND name !~ '^(posix|right|Etc|SystemV|US|Canada|Brazil|Mexico|Chile)/')
         ORDER BY name",
    )
    .load(conn)
    .await?;
    Ok(zones.into_iter().map(|zone| zone.name).collect())
}

/// Somebody's browsers, the newest first.
pub async fn subscriptions(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Subscription>> {
    push_subscriptions::table
        .filter(push_subscriptions::user_id.eq(user))
        .order(push_subscriptions::session_id.desc())
        .select(Subscription::as_select())
        .load(conn)
        .await
}

/// Whether this session has a browser that is woken.
pub async fn is_subscribed(conn: &mut AsyncPgConnection, session: SessionId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(push_subscriptions::table.find(session))).get_result(conn).await
}

/// Wakes this browser for a session, in place of another one that it had. A browser that was woken for an earlier session, proved by
/// the secret that it shares with us alone, is that no more. Belongs in a transaction.
pub async fn subscribe(conn: &mut AsyncPgConnection, new: &Subscription) -> QueryResult<usize> {
    let earlier = push_subscriptions::table
        .filter(push_subscriptions::endpoint.eq(&new.endpoint))
        .filter(push_subscriptions::auth.eq(&new.auth));
    diesel::delete(earlier).execute(conn).await?;
    diesel::delete(push_subscriptions::table.find(new.session_id)).execute(conn).await?;
    diesel::insert_into(push_subscriptions::table).values(new).execute(conn).await
}

pub async fn unsubscribe(conn: &mut AsyncPgConnection, session: SessionId) -> QueryResult<usize> {
    diesel::delete(push_subscriptions::table.find(session)).execute(conn).await
}

/// Forgets a browser that its push service does not know any more, unless it has another endpoint by now.
pub async fn forget(conn: &mut AsyncPgConnection, session: SessionId, endpoint: &str) -> QueryResult<usize> {
    let gone = push_subscriptions::table.find(session).filter(push_subscriptions::endpoint.eq(endpoint));
    diesel::delete(gone).execute(conn).await
}

/// Somebody to call to a chat.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Candidate {
    #[diesel(sql_type = Uuid)]
    pub user: UserId,
    /// The end of the quiet hours that hold now.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub quiet_until: Option<DateTime<Utc>>,
}

/// Who of a chat, or whether `only` this member, wants to be called to it now: something of others is unread, it is not muted, a browser
/// of an open session waits, and they were not called since they read last.
pub async fn candidates(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    only: Option<UserId>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Candidate>> {
    sql_query(
        "SELECT member.user_id AS \"user\",
                quiet_until(settings.quiet_from, settings.quiet_until, settings.time_zone, $3) AS quiet_until
         FROM chat_members member
         LEFT JOIN notification_settings settings ON settings.user_id = member.user_id
         WHERE member.chat_id = $1 AND ($2 IS NULL OR member.user_id = $2) AND member.muted_at IS NULL
           AND COALESCE(member.called_seq, 0) <= member.read_seq
           AND EXISTS (
               SELECT FROM push_subscriptions wanted JOIN sessions ON sessions.id = wanted.session_id
               WHERE wanted.user_id = member.user_id AND sessions.revoked_at IS NULL AND sessions.expires_at > $3
           )
           AND EXISTS (
               SELECT FROM messages
               WHERE messages.chat_id = $1 AND messages.seq > member.read_seq AND messages.sender_id <> member.user_id
                 AND messages.deleted_at IS NULL
           )",
    )
    .bind::<Uuid, _>(chat)
    .bind::<Nullable<Uuid>, _>(only)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await
}

/// Remembers that these members are called, and enqueues a note to each of their browsers. Whoever was called in the meantime is left
/// out. Belongs in a transaction.
pub async fn call(conn: &mut AsyncPgConnection, chat: ChatId, users: &[UserId], task: &str) -> QueryResult<usize> {
    sql_query(format!(
        "WITH called AS (
             UPDATE chat_members SET called_seq = chats.head FROM chats
             WHERE chat_members.chat_id = $1 AND chats.id = $1 AND chat_members.user_id = ANY($2)
               AND COALESCE(chat_members.called_seq, 0) <= chat_members.read_seq
             RETURNING chat_members.user_id
         )
         SELECT (graphile_worker.add_job($3, json_build_object('chat', $1, 'session', wanted.session_id),
                                         max_attempts => {NOTE_TRIES})).id
         FROM called JOIN push_subscriptions wanted ON wanted.user_id = called.user_id"
    ))
    .bind::<Uuid, _>(chat)
    .bind::<Array<Uuid>, _>(users)
    .bind::<Text, _>(task)
    .execute(conn)
    .await
}

/// Looks at these members again, each at a time of their own, whatever was to be looked at before.
pub async fn call_later(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    users: &[UserId],
    times: &[DateTime<Utc>],
    task: &str,
    last: bool,
) -> QueryResult<usize> {
    sql_query(
        "SELECT (graphile_worker.add_job($4, json_build_object('chat', $1, 'user', later.member, 'last', $5), run_at => later.at,
                                         job_key => 'call:' || $1 || ':' || later.member)).id
         FROM unnest($2, $3) AS later (member, at)",
    )
    .bind::<Uuid, _>(chat)
    .bind::<Array<Uuid>, _>(users)
    .bind::<Array<Timestamptz>, _>(times)
    .bind::<Text, _>(task)
    .bind::<Bool, _>(last)
    .execute(conn)
    .await
}

/// A note about to be sent: to which browser, and what it may say.
#[derive(Clone, Debug, QueryableByName)]
pub struct Note {
    #[diesel(sql_type = Text)]
    pub endpoint: String,
    #[diesel(sql_type = Text)]
    pub public_key: String,
    #[diesel(sql_type = Text)]
    pub auth: String,
    #[diesel(sql_type = Bool)]
    pub shows_text: bool,
    /// The group's.
    #[diesel(sql_type = Nullable<Text>)]
    pub title: Option<String>,
    #[diesel(sql_type = Text)]
    pub sender: String,
    #[diesel(sql_type = Text)]
    pub body: String,
    #[diesel(sql_type = Bool)]
    pub is_photo: bool,
}

/// The note for a session's browser about the newest message of a chat that its person has not read. `None` once they have, or left, or
/// muted it, or the session or the browser is gone.
pub async fn note(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    session: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Note>> {
    sql_query(
        "SELECT wanted.endpoint, wanted.public_key, wanted.auth, COALESCE(settings.shows_text, false) AS shows_text, chats.title,
                sender.name AS sender, newest.body, newest.photo IS NOT NULL AS is_photo
         FROM push_subscriptions wanted
         JOIN sessions ON sessions.id = wanted.session_id AND sessions.revoked_at IS NULL AND sessions.expires_at > $3
         JOIN chat_members member ON member.chat_id = $1 AND member.user_id = wanted.user_id AND member.muted_at IS NULL
         JOIN chats ON chats.id = $1
         LEFT JOIN notification_settings settings ON settings.user_id = wanted.user_id
         CROSS JOIN LATERAL (
             SELECT messages.* FROM messages
             WHERE messages.chat_id = $1 AND messages.seq > member.read_seq AND messages.sender_id <> member.user_id
               AND messages.deleted_at IS NULL
             ORDER BY messages.seq DESC LIMIT 1
         ) AS newest
         JOIN users sender ON sender.id = newest.sender_id
         WHERE wanted.session_id = $2",
    )
    .bind::<Uuid, _>(chat)
    .bind::<Uuid, _>(session)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()
}

/// Enqueues a digest for those who want one and are due, at most `limit` of them; answers how many. Due is whoever had none for a day, was
/// away since `away_since`, is not in their quiet hours, and has something that came since the last one and waits for them.
pub async fn enqueue_digests(
    conn: &mut AsyncPgConnection,
    task: &str,
    now: DateTime<Utc>,
    away_since: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    sql_query(format!(
        "WITH due AS (
             SELECT settings.user_id FROM notification_settings settings JOIN users ON users.id = settings.user_id
             WHERE settings.digest AND users.verified_at IS NOT NULL AND users.erased_at IS NULL
               AND (settings.digested_at IS NULL OR settings.digested_at <= $2 - interval '24 hours')
               AND quiet_until(settings.quiet_from, settings.quiet_until, settings.time_zone, $2) IS NULL
               AND NOT EXISTS (SELECT FROM sessions WHERE sessions.user_id = settings.user_id AND sessions.last_seen_at > $3)
               AND (
                   EXISTS (
                       SELECT FROM balloons
                       WHERE balloons.to_id = settings.user_id AND balloons.state = 'pending' AND balloons.expires_at > $2
                         AND balloons.sent_at > COALESCE(settings.digested_at, '-infinity')
                   ) OR EXISTS (
                       SELECT FROM chat_members member
                       JOIN messages ON messages.chat_id = member.chat_id AND messages.seq > member.read_seq
                       WHERE member.user_id = settings.user_id AND member.muted_at IS NULL
                         AND messages.sender_id <> member.user_id AND messages.deleted_at IS NULL
                         AND messages.sent_at > COALESCE(settings.digested_at, '-infinity')
                   )
               )
             LIMIT $4
             FOR NO KEY UPDATE OF settings SKIP LOCKED
         ), claimed AS (
             UPDATE notification_settings SET digested_at = $2 FROM due WHERE notification_settings.user_id = due.user_id
             RETURNING notification_settings.user_id
         )
         SELECT (graphile_worker.add_job($1, json_build_object('user', user_id), max_attempts => {NOTE_TRIES})).id FROM claimed"
    ))
    .bind::<Text, _>(task)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(away_since)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}

/// Sends somebody no more digests.
pub async fn end_digest(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<usize> {
    diesel::update(notification_settings::table.find(user))
        .set(notification_settings::digest.eq(false))
        .execute(conn)
        .await
}
