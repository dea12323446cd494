//! Messages: stored once, in the order of their chat's head.

use balloond_shared::{
    ChatId, ClientId, MessageId, UserId,
    chat::{MessagePhoto, Reaction},
    group::{GroupChange, GroupLine},
};
use chrono::{DateTime, Utc};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    prelude::*,
    serialize::{self, Output, ToSql},
    sql_types::{BigInt, Jsonb, Nullable, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    committed,
    prepared::prepared,
    schema::{chat_members, chats, messages},
};

/// The constraint that a repeated send runs into.
pub const REPEATED: &str = "messages_client_id_key";

#[derive(Clone, Debug, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = messages)]
pub struct Message {
    pub id: MessageId,
    pub chat_id: ChatId,
    pub sender_id: UserId,
    pub client_id: ClientId,
    pub seq: i64,
    pub changed_seq: i64,
    /// Empty when it was deleted.
    pub body: String,
    pub sent_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    /// A message of the same chat.
    pub reply_to: Option<MessageId>,
    pub reactions: Option<Reactions>,
    pub photo: Option<Picture>,
    pub line: Option<Line>,
}

/// The reactions to a message: read with every message, so they live in its row.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct Reactions(pub Vec<Reaction>);

/// The photo that a message is.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct Picture(pub MessagePhoto);

/// What happened in a group.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct Line(pub GroupLine);

macro_rules! stored_as_json {
    ($($name:ident),+) => {$(
        impl FromSql<Jsonb, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(serde_json::from_value(FromSql::<Jsonb, Pg>::from_sql(value)?)?))
            }
        }

        impl ToSql<Jsonb, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let json = serde_json::to_value(&self.0)?;
                ToSql::<Jsonb, Pg>::to_sql(&json, &mut out.reborrow())
            }
        }
    )+};
}

stored_as_json!(Reactions, Picture, Line);

/// What a message answers, as far as it is shown there.
#[derive(Clone, Debug, Queryable)]
pub struct Quoted {
    pub id: MessageId,
    pub seq: i64,
    pub changed_seq: i64,
    pub sender_id: UserId,
    /// Empty when it was deleted.
    pub body: String,
    pub photo: Option<Picture>,
}

/// A message, with what it answers.
pub type Found = (Message, Option<Quoted>);

/// What becomes of a message; what is `None` stays.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = messages)]
pub struct Change {
    pub body: Option<String>,
    pub edited_at: Option<Option<DateTime<Utc>>>,
    pub deleted_at: Option<Option<DateTime<Utc>>>,
    pub reply_to: Option<Option<MessageId>>,
    pub reactions: Option<Option<Reactions>>,
    pub photo: Option<Option<Picture>>,
}

diesel::alias!(messages as quoted: QuotedMessages);

/// The columns of [`Quoted`] in its order.
type QuotedColumns =
    (messages::id, messages::seq, messages::changed_seq, messages::sender_id, messages::body, messages::photo);
const QUOTED: QuotedColumns =
    (messages::id, messages::seq, messages::changed_seq, messages::sender_id, messages::body, messages::photo);

/// Messages, each with what it answers.
macro_rules! with_quoted {
    () => {
        messages::table
            .left_join(quoted.on(quoted.field(messages::id).nullable().eq(messages::reply_to)))
            .select((Message::as_select(), quoted.fields(QUOTED).nullable()))
    };
}

/// A message to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub chat: ChatId,
    pub sender: UserId,
    pub client_id: ClientId,
    pub body: &'a str,
    pub reply_to: Option<MessageId>,
    pub photo: Option<&'a Picture>,
}

/// Takes the chat's next head and stores the message under it, in one statement: whole or not at all, in one round trip.
/// With it comes the job that calls those who are away, where one of the others wants to be called and was not since they read last.
/// `None` when the sender is no member, or what it answers is not in this chat; the unique violation of [`REPEATED`] when it is stored already.
pub async fn insert(conn: &mut AsyncPgConnection, new: NewMessage<'_>) -> QueryResult<Option<Message>> {
    prepared(
        "WITH moved AS (
             UPDATE chats SET head = head + 1, last_message_id = $1
             WHERE id = $2 AND EXISTS (SELECT FROM chat_members WHERE chat_id = $2 AND user_id = $3)
               AND ($6 IS NULL OR EXISTS (SELECT FROM messages WHERE id = $6 AND chat_id = $2 AND line IS NULL))
             RETURNING head
         ), stored AS (
             INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body, reply_to, photo)
             SELECT $1, $2, $3, $4, head, head, $5, $6, $7 FROM moved
             RETURNING *
         ), called AS (
             SELECT (graphile_worker.add_job('call_members', json_build_object('chat', $2), job_key => 'call:' || $2)).id
             FROM moved
             WHERE EXISTS (
                 SELECT FROM chat_members member JOIN push_subscriptions wanted ON wanted.user_id = member.user_id
                 WHERE member.chat_id = $2 AND member.user_id <> $3 AND member.muted_at IS NULL
                   AND COALESCE(member.called_seq, 0) <= member.read_seq
             )
         )
         SELECT stored.id, stored.chat_id, stored.sender_id, stored.client_id, stored.seq, stored.changed_seq, stored.body,
                stored.sent_at, stored.edited_at, stored.deleted_at, stored.reply_to, stored.reactions, stored.photo, stored.line
         FROM stored LEFT JOIN called ON true",
    )
    .bind::<Uuid, _>(new.id)
    .bind::<Uuid, _>(new.chat)
    .bind::<Uuid, _>(new.sender)
    .bind::<Uuid, _>(new.client_id)
    .bind::<Text, _>(new.body)
    .bind::<Nullable<Uuid>, _>(new.reply_to)
    .bind::<Nullable<Jsonb>, _>(new.photo)
    .load(conn)
    .await
    .map(committed)
}

/// Writes down under a group's next head what `by` did in it; `other`: whom it concerns, where that is somebody else. Belongs in the
/// transaction that does it.
pub async fn insert_line(
    conn: &mut AsyncPgConnection,
    group: ChatId,
    by: UserId,
    change: GroupChange,
    other: Option<UserId>,
    title: Option<&str>,
) -> QueryResult<Option<Message>> {
    prepared(
        "WITH moved AS (
             UPDATE chats SET head = head + 1, last_message_id = $1 WHERE id = $2 RETURNING head
         )
         INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body, deleted_at, line)
         SELECT $1, $2, $3, $1, head, head, '', now(), jsonb_strip_nulls(jsonb_build_object(
             'kind', $4, 'by', (SELECT name FROM users WHERE id = $3),
             'user', $5, 'name', (SELECT name FROM users WHERE id = $5), 'title', $6
         ))
         FROM moved
         RETURNING id, chat_id, sender_id, client_id, seq, changed_seq, body, sent_at, edited_at, deleted_at, reply_to,
                   reactions, photo, line",
    )
    .bind::<Uuid, _>(MessageId::new())
    .bind::<Uuid, _>(group)
    .bind::<Uuid, _>(by)
    .bind::<Text, _>(change.name())
    .bind::<Nullable<Uuid>, _>(other)
    .bind::<Nullable<Text>, _>(title)
    .load(conn)
    .await
    .map(committed)
}

/// The message that an earlier try stored.
pub async fn find_sent(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    sender: UserId,
    client_id: ClientId,
) -> QueryResult<Found> {
    with_quoted!()
        .filter(messages::chat_id.eq(chat))
        .filter(messages::sender_id.eq(sender))
        .filter(messages::client_id.eq(client_id))
        .first(conn)
        .await
}

/// One message of a chat.
pub async fn find(conn: &mut AsyncPgConnection, chat: ChatId, id: MessageId) -> QueryResult<Option<Found>> {
    with_quoted!().filter(messages::chat_id.eq(chat)).filter(messages::id.eq(id)).first(conn).await.optional()
}

/// What another message of the same chat answers.
pub async fn quoted_in(conn: &mut AsyncPgConnection, chat: ChatId, id: MessageId) -> QueryResult<Option<Quoted>> {
    let asked = messages::table.filter(messages::chat_id.eq(chat)).filter(messages::id.eq(id)).select(QUOTED);
    asked.first(conn).await.optional()
}

/// Locks a chat until the transaction ends, for a member, whose role it answers; `None` for everybody else. What changes a message
/// comes after this.
pub async fn lock_chat(conn: &mut AsyncPgConnection, user: UserId, chat: ChatId) -> QueryResult<Option<String>> {
    chats::table
        .inner_join(chat_members::table)
        .filter(chats::id.eq(chat))
        .filter(chat_members::user_id.eq(user))
        .select(chat_members::role)
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// Locks a chat until the transaction ends, for what its members have no say in.
pub async fn lock_any_chat(conn: &mut AsyncPgConnection, chat: ChatId) -> QueryResult<ChatId> {
    chats::table.find(chat).select(chats::id).for_no_key_update().first(conn).await
}

/// Changes a message under its chat's next head.
pub async fn change(conn: &mut AsyncPgConnection, chat: ChatId, id: MessageId, change: Change) -> QueryResult<Found> {
    let head: i64 = diesel::update(chats::table.find(chat))
        .set(chats::head.eq(chats::head + 1))
        .returning(chats::head)
        .get_result(conn)
        .await?;
    diesel::update(messages::table.find(id)).set((change, messages::changed_seq.eq(head))).execute(conn).await?;
    with_quoted!().filter(messages::id.eq(id)).first(conn).await
}

/// The newest messages with a `seq` below `before`, newest first.
pub async fn history(mut conn: &AsyncPgConnection, chat: ChatId, before: i64, limit: i64) -> QueryResult<Vec<Found>> {
    with_quoted!()
        .filter(messages::chat_id.eq(chat))
        .filter(messages::seq.lt(before))
        .order(messages::seq.desc())
        .limit(limit)
        .load(&mut conn)
        .await
}

/// The messages that changed after the head `since`, in the order of their change.
pub async fn changed_since(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    since: i64,
    limit: i64,
) -> QueryResult<Vec<Found>> {
    with_quoted!()
        .filter(messages::chat_id.eq(chat))
        .filter(messages::changed_seq.gt(since))
        .order(messages::changed_seq)
        .limit(limit)
        .load(conn)
        .await
}

/// Whether a message is a photo that this person may see: a member of its chat, and it was not deleted.
pub async fn shows_photo(conn: &mut AsyncPgConnection, user: UserId, chat: ChatId, id: MessageId) -> QueryResult<bool> {
    let photo = messages::table
        .inner_join(chat_members::table.on(chat_members::chat_id.eq(messages::chat_id)))
        .filter(messages::id.eq(id))
        .filter(messages::chat_id.eq(chat))
        .filter(messages::photo.is_not_null())
        .filter(messages::deleted_at.is_null())
        .filter(chat_members::user_id.eq(user));
    diesel::select(diesel::dsl::exists(photo)).get_result(conn).await
}

/// The photos that somebody sent, at most `limit` of them.
pub async fn photos_by(
    conn: &mut AsyncPgConnection,
    sender: UserId,
    limit: i64,
) -> QueryResult<Vec<(ChatId, MessageId)>> {
    messages::table
        .filter(messages::sender_id.eq(sender))
        .filter(messages::photo.is_not_null())
        .select((messages::chat_id, messages::id))
        .limit(limit)
        .load(conn)
        .await
}

/// The messages that somebody reacted to, at most `limit` of them.
pub async fn reacted_by(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(ChatId, MessageId)>> {
    #[derive(QueryableByName)]
    struct Place {
        #[diesel(sql_type = Uuid)]
        chat_id: ChatId,
        #[diesel(sql_type = Uuid)]
        id: MessageId,
    }
    let places: Vec<Place> = prepared(
        "SELECT chat_id, id FROM messages
         WHERE reactions @> jsonb_build_array(jsonb_build_object('users', jsonb_build_array($1::text))) LIMIT $2",
    )
    .bind::<Uuid, _>(user)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(places.into_iter().map(|place| (place.chat_id, place.id)).collect())
}

/// Those of these ids that photos in chats, or of groups, lie under.
pub async fn existing_photos(conn: &mut AsyncPgConnection, ids: &[MessageId]) -> QueryResult<Vec<MessageId>> {
    let sent = messages::table
        .filter(messages::id.eq_any(ids))
        .filter(messages::photo.is_not_null())
        .filter(messages::deleted_at.is_null())
        .select(messages::id.nullable());
    let of_groups = chats::table.filter(chats::photo_id.eq_any(ids)).select(chats::photo_id);
    let found: Vec<Option<MessageId>> = sent.union_all(of_groups).load(conn).await?;
    Ok(found.into_iter().flatten().collect())
}
