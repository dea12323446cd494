//! What decides whether two people may meet, and what each keeps away.

use balloond_shared::UserId;
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, Bool, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::prepared::prepared;
use crate::schema::users;

/// What stands between a viewer and another person, and what binds them.
#[derive(Clone, Debug, QueryableByName)]
pub struct Ties {
    /// By either of them.
    #[diesel(sql_type = Bool)]
    pub blocked: bool,
    /// The other is.
    #[diesel(sql_type = Bool)]
    pub paused: bool,
    /// The other's account is no more, not yet one, or suspended.
    #[diesel(sql_type = Bool)]
    pub absent: bool,
    /// The viewer floated the other a balloon since the cooldown began, whatever became of it.
    #[diesel(sql_type = Bool)]
    pub floated: bool,
    /// They are in a chat.
    #[diesel(sql_type = Bool)]
    pub together: bool,
    /// A balloon from the other waits for the viewer.
    #[diesel(sql_type = Bool)]
    pub waiting: bool,
    /// What the other does not want to read.
    #[diesel(sql_type = Array<Text>)]
    pub hidden_words: Vec<String>,
}

/// `None` when there is no such person.
pub async fn ties(
    conn: &mut AsyncPgConnection,
    viewer: UserId,
    other: UserId,
    now: DateTime<Utc>,
    cooldown_began: DateTime<Utc>,
) -> QueryResult<Option<Ties>> {
    prepared(
        "SELECT is_blocked_between($1, $2) AS blocked, paused_at IS NOT NULL AS paused, hidden_words,
                (erased_at IS NOT NULL OR verified_at IS NULL OR COALESCE(suspended_until > $3, false)) AS absent,
                EXISTS (
                    SELECT FROM balloons WHERE from_id = $1 AND to_id = $2 AND sent_at > $4 AND group_id IS NULL
                ) AS floated,
                EXISTS (
                    SELECT FROM chat_members mine JOIN chat_members theirs ON theirs.chat_id = mine.chat_id
                    WHERE mine.user_id = $1 AND theirs.user_id = $2
                ) AS together,
                EXISTS (
                    SELECT FROM balloons WHERE from_id = $2 AND to_id = $1 AND state = 'pending' AND expires_at > $3
                ) AS waiting
         FROM users WHERE id = $2",
    )
    .bind::<Uuid, _>(viewer)
    .bind::<Uuid, _>(other)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(cooldown_began)
    .get_result(conn)
    .await
    .optional()
}

/// What a person keeps away.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Settings {
    pub paused_at: Option<DateTime<Utc>>,
    pub hidden_words: Vec<String>,
}

/// A change of it: what is `None` stays.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct SettingsChange {
    pub paused_at: Option<Option<DateTime<Utc>>>,
    pub hidden_words: Option<Vec<String>>,
}

pub async fn settings(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Settings>> {
    users::table.find(user).select(Settings::as_select()).first(conn).await.optional()
}

pub async fn change_settings(
    conn: &mut AsyncPgConnection,
    user: UserId,
    change: SettingsChange,
) -> QueryResult<Option<Settings>> {
    let changed = diesel::update(users::table.find(user)).set(change);
    changed.returning(Settings::as_returning()).load(conn).await.map(crate::committed)
}
