//! Calling somebody who is away to a balloon that was floated to them.

use balloond_shared::{BalloonId, SessionId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::notification::{Candidate, NOTE_TRIES};

/// Enqueues a look at who these are for, where a browser of theirs wants to be woken; whatever became of them, so that it takes the same
/// time. Belongs in the transaction that makes them.
pub async fn look(conn: &mut AsyncPgConnection, balloons: &[BalloonId], task: &str) -> QueryResult<usize> {
    sql_query(
        "SELECT (graphile_worker.add_job($2, json_build_object('balloon', balloons.id))).id
         FROM balloons
         WHERE balloons.id = ANY($1) AND EXISTS (SELECT FROM push_subscriptions wanted WHERE wanted.user_id = balloons.to_id)",
    )
    .bind::<Array<Uuid>, _>(balloons)
    .bind::<Text, _>(task)
    .execute(conn)
    .await
}

/// Looks again at `at`, whatever was to be looked at before.
pub async fn look_later(
    conn: &mut AsyncPgConnection,
    balloon: BalloonId,
    at: DateTime<Utc>,
    task: &str,
    last: bool,
) -> QueryResult<usize> {
    sql_query(
        "SELECT (graphile_worker.add_job($2, json_build_object('balloon', $1, 'last', $4), run_at => $3,
                                         job_key => 'balloon:' || $1)).id",
    )
    .bind::<Uuid, _>(balloon)
    .bind::<Text, _>(task)
    .bind::<Timestamptz, _>(at)
    .bind::<Bool, _>(last)
    .execute(conn)
    .await
}

/// Who is to be called to a balloon now: it waits for them, a browser of an open session does too, and no other waits that came in the day
/// before it.
pub async fn candidate(
    conn: &mut AsyncPgConnection,
    balloon: BalloonId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Candidate>> {
    sql_query(
        "SELECT balloons.to_id AS \"user\",
                quiet_until(settings.quiet_from, settings.quiet_until, settings.time_zone, $2) AS quiet_until
         FROM balloons
         LEFT JOIN notification_settings settings ON settings.user_id = balloons.to_id
         WHERE balloons.id = $1 AND balloons.state = 'pending' AND balloons.expires_at > $2
           AND EXISTS (
               SELECT FROM push_subscriptions wanted JOIN sessions ON sessions.id = wanted.session_id
               WHERE wanted.user_id = balloons.to_id AND sessions.revoked_at IS NULL AND sessions.expires_at > $2
           )
           AND NOT EXISTS (
               SELECT FROM balloons earlier
               WHERE earlier.to_id = balloons.to_id AND earlier.state = 'pending' AND earlier.expires_at > $2
                 AND earlier.id <> balloons.id AND earlier.sent_at > balloons.sent_at - interval '1 day'
                 AND earlier.sent_at < balloons.sent_at
           )",
    )
    .bind::<Uuid, _>(balloon)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()
}

/// Enqueues a note to each browser of whoever a balloon is for.
pub async fn call(conn: &mut AsyncPgConnection, balloon: BalloonId, task: &str) -> QueryResult<usize> {
    sql_query(format!(
        "SELECT (graphile_worker.add_job($2, json_build_object('balloon', $1, 'session', wanted.session_id),
                                         max_attempts => {NOTE_TRIES})).id
         FROM balloons JOIN push_subscriptions wanted ON wanted.user_id = balloons.to_id
         WHERE balloons.id = $1"
    ))
    .bind::<Uuid, _>(balloon)
    .bind::<Text, _>(task)
    .execute(conn)
    .await
}

/// A note about to be sent: to which browser, and what it may say.
#[derive(Clone, Debug, QueryableByName)]
pub struct BalloonNote {
    #[diesel(sql_type = Text)]
    pub endpoint: String,
    #[diesel(sql_type = Text)]
    pub public_key: String,
    #[diesel(sql_type = Text)]
    pub auth: String,
    /// Who floated it and what they wrote; nothing, unless that is to be shown.
    #[diesel(sql_type = Nullable<Text>)]
    pub sender: Option<String>,
    #[diesel(sql_type = Text)]
    pub body: String,
}

/// The note for a session's browser about a balloon. `None` once it does not wait any more, or the session or the browser is gone.
pub async fn note(
    conn: &mut AsyncPgConnection,
    balloon: BalloonId,
    session: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<BalloonNote>> {
    sql_query(
        "SELECT wanted.endpoint, wanted.public_key, wanted.auth,
                CASE WHEN settings.shows_text THEN sender.name END AS sender, balloons.note AS body
         FROM push_subscriptions wanted
         JOIN sessions ON sessions.id = wanted.session_id AND sessions.revoked_at IS NULL AND sessions.expires_at > $3
         JOIN balloons ON balloons.id = $1 AND balloons.to_id = wanted.user_id AND balloons.state = 'pending' AND balloons.expires_at > $3
         JOIN users sender ON sender.id = balloons.from_id
         LEFT JOIN notification_settings settings ON settings.user_id = wanted.user_id
         WHERE wanted.session_id = $2",
    )
    .bind::<Uuid, _>(balloon)
    .bind::<Uuid, _>(session)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()
}
