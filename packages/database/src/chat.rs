//! Chats and their members.

use balloond_shared::{ChatId, ClientId, MessageId, PhotoId, UserId, chat::MAX_UNREAD};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset,
    balloon::waiting_for,
    committed,
    message::{Line, Picture},
    prepared::prepared,
    privacy::Shares,
    schema::{chat_members, chats, messages, users},
    user::{Card, CardPhoto, with_first_photo},
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
    pub with: Other,
    #[diesel(embed)]
    pub last: LastMessage,
}

/// The other person of a direct chat; all `None` in a group.
#[derive(Clone, Debug, QueryableByName)]
pub struct Other {
    #[diesel(sql_type = Nullable<Uuid>)]
    pub other_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    other_name: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    other_age: Option<i16>,
    #[diesel(sql_type = Nullable<Date>)]
    other_age_given_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    other_bio: Option<String>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    other_interests: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Uuid>)]
    face_id: Option<PhotoId>,
    #[diesel(sql_type = Nullable<Integer>)]
    face_width: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    face_height: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    face_placeholder: Option<String>,
}

impl Other {
    #[must_use]
    pub fn card(self) -> Option<Card> {
        let face = self.face_id.zip(self.face_width).zip(self.face_height).zip(self.face_placeholder);
        Some(Card {
            id: self.other_id?,
            name: self.other_name?,
            age: self.other_age?,
            age_given_on: self.other_age_given_on?,
            bio: self.other_bio?,
            interests: self.other_interests?,
            photo: face.map(|(((id, width), height), placeholder)| CardPhoto { id, width, height, placeholder }),
        })
    }
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

/// The chats of the member $1, to be chosen from.
const OF_MEMBER: &str = "
    SELECT chats.id, chats.kind, chats.title, chats.head, chats.last_message_id, chats.photo_id, member.read_seq,
           member.muted_at IS NOT NULL AS muted,
           CASE chats.direct_low WHEN $1 THEN chats.direct_high ELSE chats.direct_low END AS other_id,
           COALESCE(chats.last_message_id, chats.id) AS newest
    FROM chat_members member
    JOIN chats ON chats.id = member.chat_id
    WHERE member.user_id = $1 AND ";
/// The newest of them.
const NEWEST: &str =
    "COALESCE(chats.last_message_id, chats.id) < $3 ORDER BY COALESCE(chats.last_message_id, chats.id) DESC LIMIT $4";

/// The `chosen` chats of the member $1, with `more` columns beside. Counting what is unread comes after choosing and stops early at $2:
/// nobody needs to know more than "many".
fn summaries(chosen: &str, more: &str) -> String {
    format!(
        "WITH chosen AS ({chosen})
         SELECT chosen.id, chosen.kind, chosen.title, chosen.head, chosen.read_seq, chosen.muted,
                chosen.newest, chosen.photo_id, other.id AS other_id, other.name AS other_name, other.age AS other_age,
                other.age_given_on AS other_age_given_on, other.bio AS other_bio, other.interests AS other_interests,
                face.id AS face_id, face.width AS face_width, face.height AS face_height, face.placeholder AS face_placeholder,
                COALESCE(unread.count, 0) AS unread, last.id AS message_id, last.sender_id, last.client_id, last.seq,
                last.changed_seq, last.body, last.sent_at, last.edited_at, last.deleted_at, last.photo, last.line{more}
         FROM chosen
         LEFT JOIN users other ON other.id = chosen.other_id
         LEFT JOIN photos face ON face.user_id = other.id AND face.position = 0
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
    prepared(&summaries(&format!("{OF_MEMBER}{NEWEST}"), ""))
        .bind::<Uuid, _>(user)
        .bind::<BigInt, _>(MAX_UNREAD)
        .bind::<Uuid, _>(after)
        .bind::<BigInt, _>(keyset.rows())
        .load(&mut conn)
        .await
}

/// One chat as a member sees it; `None` for everybody else.
pub async fn summary(mut conn: &AsyncPgConnection, user: UserId, chat: ChatId) -> QueryResult<Option<Summary>> {
    prepared(&summaries(&format!("{OF_MEMBER}member.chat_id = $3"), ""))
        .bind::<Uuid, _>(user)
        .bind::<BigInt, _>(MAX_UNREAD)
        .bind::<Uuid, _>(chat)
        .get_result(&mut conn)
        .await
        .optional()
}

/// What a page shows around an open chat.
pub struct Around {
    /// `None` for who is no member.
    pub open: Option<Summary>,
    /// The member's chats, the one with the newest message first.
    pub chats: Vec<Summary>,
    /// As [`count_waiting`].
    pub waiting: (i64, i64),
}

/// [`summary`], [`list`] and [`count_waiting`] as one statement: each costs Postgres and us more than what it looks for.
pub async fn around(
    mut conn: &AsyncPgConnection,
    user: UserId,
    open: ChatId,
    keyset: Keyset,
    now: DateTime<Utc>,
) -> QueryResult<Around> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(embed)]
        summary: Summary,
        #[diesel(sql_type = BigInt)]
        waiting_balloons: i64,
        #[diesel(sql_type = BigInt)]
        waiting_chats: i64,
    }
    let chosen = format!("({OF_MEMBER}{NEWEST}) UNION ({OF_MEMBER}member.chat_id = $5)");
    let rows: Vec<Row> = prepared(&summaries(&chosen, ", $6 AS waiting_balloons, $7 AS waiting_chats"))
        .bind::<Uuid, _>(user)
        .bind::<BigInt, _>(MAX_UNREAD)
        .bind::<Uuid, _>(keyset.after.unwrap_or(uuid::Uuid::max()))
        .bind::<BigInt, _>(keyset.rows())
        .bind::<Uuid, _>(open)
        .part(waiting_for(user, now).count().single_value())
        .part(chats_waiting_for(user).single_value())
        .load(&mut conn)
        .await?;
    let waiting = if let [row, ..] = &*rows { (row.waiting_balloons, row.waiting_chats) } else { (0, 0) };
    let mut chats: Vec<Summary> = rows.into_iter().map(|row| row.summary).collect();
    let found = chats.iter().find(|chat: &&Summary| chat.id == open).cloned();
    // One that is open and older than the others came along behind them.
    chats.truncate(usize::try_from(keyset.rows()).unwrap_or(usize::MAX));
    Ok(Around { open: found, chats, waiting })
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
    let chats = chats_waiting_for(user).single_value();
    let both = diesel::select((waiting_for(user, now).count().single_value(), chats));
    let (balloons, chats): (Option<i64>, Option<i64>) = both.get_result(&mut conn).await?;
    Ok((balloons.unwrap_or_default(), chats.unwrap_or_default()))
}

/// How many chats somebody has something unread in, that they did not mute.
#[diesel::dsl::auto_type]
fn chats_waiting_for(user: UserId) -> _ {
    let unread = messages::table
        .filter(messages::chat_id.eq(chat_members::chat_id))
        .filter(messages::seq.gt(chat_members::read_seq))
        .filter(messages::sender_id.ne(user))
        .filter(messages::deleted_at.is_null());
    chat_members::table
        .filter(chat_members::user_id.eq(user))
        .filter(chat_members::muted_at.is_null())
        .filter(diesel::dsl::exists(unread))
        .count()
}

/// The heads of chats.
pub async fn heads(conn: &mut AsyncPgConnection, ids: &[ChatId]) -> QueryResult<Vec<(ChatId, i64)>> {
    chats::table.filter(chats::id.eq_any(ids)).select((chats::id, chats::head)).load(conn).await
}
