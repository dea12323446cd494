//! Chats and their members.

use balloond_shared::{ChatId, ClientId, MessageId, UserId, chat::MAX_UNREAD};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset,
    balloon::waiting_for,
    committed,
    message::{Line, Picture},
    prepared::prepared,
    privacy::Shares,
    schema::{chat_members, chats, users},
    user::{Card, with_first_photo},
};

pub const DIRECT: &str = "direct";

/// A chat as one of its members sees it in a list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Summary {
    #[diesel(sql_type = Uuid)]
    pub id: ChatId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub title: Option<String>,
    /// The other person of a direct chat.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub with: Option<UserId>,
    #[diesel(sql_type = BigInt)]
    pub head: i64,
    #[diesel(sql_type = BigInt)]
    pub read_seq: i64,
    /// Stops at [`MAX_UNREAD`].
    #[diesel(sql_type = BigInt)]
    pub unread: i64,
    #[diesel(sql_type = Bool)]
    pub muted: bool,
    /// The group's.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub photo_id: Option<MessageId>,
    /// What lists are ordered by: the last message's id, or the chat's when there is none.
    #[diesel(sql_type = Uuid)]
    pub newest: uuid::Uuid,
    #[diesel(embed)]
    pub last: LastMessage,
}

/// The last message of a chat; all `None` when there is none.
#[derive(Clone, Debug, QueryableByName)]
pub struct LastMessage {
    #[diesel(sql_type = Nullable<Uuid>)]
    pub message_id: Option<MessageId>,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub sender_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub client_id: Option<ClientId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub seq: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub changed_seq: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub body: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub edited_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub deleted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub photo: Option<Picture>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub line: Option<Line>,
}

/// Some of the chats of the member $1, chosen by `which`, and their unread counts. Counting comes after choosing and stops early:
/// nobody needs to know more than "many".
fn summaries(which: &str) -> String {
    format!(
        "WITH chosen AS (
             SELECT chats.id, chats.kind, chats.title, chats.head, chats.last_message_id, chats.photo_id, member.read_seq,
                    member.muted_at IS NOT NULL AS muted,
                    CASE chats.direct_low WHEN $1 THEN chats.direct_high ELSE chats.direct_low END AS \"with\",
                    COALESCE(chats.last_message_id, chats.id) AS newest
             FROM chat_members member
             JOIN chats ON chats.id = member.chat_id
             WHERE member.user_id = $1 AND {which}
         )
         SELECT chosen.id, chosen.kind, chosen.title, chosen.head, chosen.read_seq, chosen.muted, chosen.\"with\",
                chosen.newest, chosen.photo_id,
                COALESCE(unread.count, 0) AS unread, last.id AS message_id, last.sender_id, last.client_id, last.seq,
                last.changed_seq, last.body, last.sent_at, last.edited_at, last.deleted_at, last.photo, last.line
         FROM chosen
         LEFT JOIN messages last ON last.id = chosen.last_message_id
         LEFT JOIN LATERAL (
             SELECT count(*) AS count FROM (
                 SELECT FROM messages
                 WHERE messages.chat_id = chosen.id AND messages.seq > chosen.read_seq AND messages.sender_id <> $1
                   AND messages.deleted_at IS NULL
                 LIMIT $2
             ) AS newer
         ) AS unread ON chosen.head > chosen.read_seq
         ORDER BY chosen.newest DESC"
    )
}

/// A member's chats, the one with the newest message first.
pub async fn list(mut conn: &AsyncPgConnection, user: UserId, keyset: Keyset) -> QueryResult<Vec<Summary>> {
    let after = keyset.after.unwrap_or(uuid::Uuid::max());
    prepared(&summaries(
        "COALESCE(chats.last_message_id, chats.id) < $3 ORDER BY COALESCE(chats.last_message_id, chats.id) DESC LIMIT $4",
    ))
    .bind::<Uuid, _>(user)
    .bind::<BigInt, _>(MAX_UNREAD)
    .bind::<Uuid, _>(after)
    .bind::<BigInt, _>(keyset.rows())
    .load(&mut conn)
    .await
}

/// One chat as a member sees it; `None` for everybody else.
pub async fn summary(mut conn: &AsyncPgConnection, user: UserId, chat: ChatId) -> QueryResult<Option<Summary>> {
    prepared(&summaries("member.chat_id = $3"))
        .bind::<Uuid, _>(user)
        .bind::<BigInt, _>(MAX_UNREAD)
        .bind::<Uuid, _>(chat)
        .get_result(&mut conn)
        .await
        .optional()
}

/// A member of a chat: how far they have read, their role, and what they let others see.
pub type Member = (Card, i64, String, Shares);

/// The members of a chat.
pub async fn members(mut conn: &AsyncPgConnection, chat: ChatId) -> QueryResult<Vec<Member>> {
    with_first_photo!(chat_members::table.inner_join(users::table.on(users::id.eq(chat_members::user_id))))
        .filter(chat_members::chat_id.eq(chat))
        .order((chat_members::joined_at, users::id))
        .select((Card::as_select(), chat_members::read_seq, chat_members::role, Shares::as_select()))
        .load(&mut conn)
        .await
}

/// The chat of two people.
pub async fn direct(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<Option<ChatId>> {
    chats::table
        .filter(chats::direct_low.eq(one.min(other)))
        .filter(chats::direct_high.eq(one.max(other)))
        .select(chats::id)
        .first(conn)
        .await
        .optional()
}

/// Opens the chat of two people, or finds the one that a catch at the same moment opened.
pub async fn open_direct(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<ChatId> {
    let (low, high) = (one.min(other), one.max(other));
    // The update changes nothing, but waits for a catch at the same moment and then sees its row.
    let chat: ChatId = diesel::insert_into(chats::table)
        .values((
            chats::id.eq(ChatId::new()),
            chats::kind.eq(DIRECT),
            chats::direct_low.eq(low),
            chats::direct_high.eq(high),
        ))
        .on_conflict((chats::direct_low, chats::direct_high))
        .do_update()
        .set(chats::kind.eq(DIRECT))
        .returning(chats::id)
        .get_result(conn)
        .await?;
    let members = [low, high].map(|user| (chat_members::chat_id.eq(chat), chat_members::user_id.eq(user)));
    diesel::insert_into(chat_members::table).values(members.to_vec()).on_conflict_do_nothing().execute(conn).await?;
    Ok(chat)
}

/// A chat's head, for a member; `None` for everybody else.
pub async fn head(conn: &mut AsyncPgConnection, user: UserId, chat: ChatId) -> QueryResult<Option<i64>> {
    chat_members::table
        .inner_join(chats::table)
        .filter(chat_members::chat_id.eq(chat))
        .filter(chat_members::user_id.eq(user))
        .select(chats::head)
        .first(conn)
        .await
        .optional()
}

/// Where a read cursor is now.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Advanced {
    #[diesel(sql_type = BigInt)]
    pub read_seq: i64,
    #[diesel(sql_type = Bool)]
    pub moved: bool,
    /// Others may see it.
    #[diesel(sql_type = Bool)]
    pub shares_reading: bool,
}

/// Moves a member's read cursor forward, at most to the head. `None` for who is no member.
pub async fn advance_read(
    conn: &mut AsyncPgConnection,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> QueryResult<Option<Advanced>> {
    prepared(
        "UPDATE chat_members SET read_seq = GREATEST(chat_members.read_seq, LEAST($3, chats.head))
         FROM chats, chat_members AS before
         WHERE chat_members.chat_id = $2 AND chat_members.user_id = $1 AND chats.id = $2
           AND before.chat_id = $2 AND before.user_id = $1
         RETURNING chat_members.read_seq, chat_members.read_seq > before.read_seq AS moved,
                   (SELECT shares_reading FROM users WHERE id = $1) AS shares_reading",
    )
    .bind::<Uuid, _>(user)
    .bind::<Uuid, _>(chat)
    .bind::<BigInt, _>(seq)
    .load(conn)
    .await
    .map(committed)
}

/// Who is in these chats.
pub async fn people(conn: &mut AsyncPgConnection, ids: &[ChatId]) -> QueryResult<Vec<(ChatId, UserId)>> {
    chat_members::table
        .filter(chat_members::chat_id.eq_any(ids))
        .select((chat_members::chat_id, chat_members::user_id))
        .load(conn)
        .await
}

/// Mutes a chat for a member since `at`, or gives it its voice back; 0 for who is no member.
pub async fn mute(
    conn: &mut AsyncPgConnection,
    user: UserId,
    chat: ChatId,
    at: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(chat_members::table.find((chat, user))).set(chat_members::muted_at.eq(at)).execute(conn).await
}

/// How many balloons wait for somebody, and in how many chats that they did not mute they have something unread. One statement: every
/// page of theirs asks.
pub async fn count_waiting(mut conn: &AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<(i64, i64)> {
    use crate::schema::messages;
    let unread = messages::table
        .filter(messages::chat_id.eq(chat_members::chat_id))
        .filter(messages::seq.gt(chat_members::read_seq))
        .filter(messages::sender_id.ne(user))
        .filter(messages::deleted_at.is_null());
    let chats = chat_members::table
        .filter(chat_members::user_id.eq(user))
        .filter(chat_members::muted_at.is_null())
        .filter(diesel::dsl::exists(unread))
        .count();
    let both = diesel::select((waiting_for(user, now).count().single_value(), chats.single_value()));
    let (balloons, chats): (Option<i64>, Option<i64>) = both.get_result(&mut conn).await?;
    Ok((balloons.unwrap_or_default(), chats.unwrap_or_default()))
}

/// The heads of chats.
pub async fn heads(conn: &mut AsyncPgConnection, ids: &[ChatId]) -> QueryResult<Vec<(ChatId, i64)>> {
    chats::table.filter(chats::id.eq_any(ids)).select((chats::id, chats::head)).load(conn).await
}
