//! Messages: stored once, in the order of their chat's head.

use balloond_shared::{ChatId, ClientId, MessageId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::messages;

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
    pub body: String,
    pub sent_at: DateTime<Utc>,
}

/// A message to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub chat: ChatId,
    pub sender: UserId,
    pub client_id: ClientId,
    pub body: &'a str,
}

/// Takes the chat's next head and stores the message under it, in one statement: whole or not at all, in one round trip.
/// `None` when the sender is no member; the unique violation of [`REPEATED`] when it is stored already.
pub async fn insert(conn: &mut AsyncPgConnection, new: NewMessage<'_>) -> QueryResult<Option<Message>> {
    sql_query(
        "WITH moved AS (
             UPDATE chats SET head = head + 1, last_message_id = $1
             WHERE id = $2 AND EXISTS (SELECT FROM chat_members WHERE chat_id = $2 AND user_id = $3)
             RETURNING head
         )
         INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body)
         SELECT $1, $2, $3, $4, head, head, $5 FROM moved
         RETURNING *",
    )
    .bind::<Uuid, _>(new.id)
    .bind::<Uuid, _>(new.chat)
    .bind::<Uuid, _>(new.sender)
    .bind::<Uuid, _>(new.client_id)
    .bind::<Text, _>(new.body)
    .get_result(conn)
    .await
    .optional()
}

/// The message that an earlier try stored.
pub async fn find_sent(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    sender: UserId,
    client_id: ClientId,
) -> QueryResult<Message> {
    messages::table
        .filter(messages::chat_id.eq(chat))
        .filter(messages::sender_id.eq(sender))
        .filter(messages::client_id.eq(client_id))
        .select(Message::as_select())
        .first(conn)
        .await
}

/// The newest messages with a `seq` below `before`, newest first.
pub async fn history(conn: &mut AsyncPgConnection, chat: ChatId, before: i64, limit: i64) -> QueryResult<Vec<Message>> {
    messages::table
        .filter(messages::chat_id.eq(chat))
        .filter(messages::seq.lt(before))
        .order(messages::seq.desc())
        .limit(limit)
        .select(Message::as_select())
        .load(conn)
        .await
}

/// The messages that changed after the head `since`, in the order of their change.
pub async fn changed_since(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    since: i64,
    limit: i64,
) -> QueryResult<Vec<Message>> {
    messages::table
        .filter(messages::chat_id.eq(chat))
        .filter(messages::changed_seq.gt(since))
        .order(messages::changed_seq)
        .limit(limit)
        .select(Message::as_select())
        .load(conn)
        .await
}
