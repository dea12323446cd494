//! Finding what was said, in the chats of one person.

use balloond_shared::{ChatId, UserId, search::Words};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{Keyset, message::Message, prepared::prepared};

#[derive(Clone, Debug, QueryableByName)]
pub struct Found {
    #[diesel(embed)]
    pub message: Message,
    /// The group's title, or the other person's name.
    #[diesel(sql_type = Text)]
    pub title: String,
}

/// The newest messages with all of these words, in one of somebody's chats or in all of them. Each chat is looked into by its own
/// part of the index, so what others said elsewhere costs nothing, however much it is.
pub async fn messages(
    conn: &mut AsyncPgConnection,
    user: UserId,
    words: &Words,
    chat: Option<ChatId>,
    keyset: Keyset,
) -> QueryResult<Vec<Found>> {
    prepared(
        "SELECT found.id, found.chat_id, found.sender_id, found.client_id, found.seq, found.changed_seq, found.body, found.sent_at,
                found.edited_at, found.deleted_at, found.reply_to, found.reactions, found.photo, found.line,
                COALESCE(chats.title, other.name, '') AS title
         FROM chat_members member
         JOIN chats ON chats.id = member.chat_id
         LEFT JOIN users other
           ON other.id = CASE chats.direct_low WHEN $1 THEN chats.direct_high ELSE chats.direct_low END
         CROSS JOIN LATERAL (
             SELECT messages.* FROM messages
             WHERE messages.chat_id = member.chat_id
               AND to_tsvector('simple', messages.body) @@ to_tsquery('simple', $2)
               AND messages.id < $4
             ORDER BY messages.id DESC LIMIT $5
         ) AS found
         WHERE member.user_id = $1 AND ($3 IS NULL OR member.chat_id = $3)
         ORDER BY found.id DESC LIMIT $5",
    )
    .bind::<Uuid, _>(user)
    .bind::<Text, _>(words.as_str())
    .bind::<Nullable<Uuid>, _>(chat)
    .bind::<Uuid, _>(keyset.after.unwrap_or(uuid::Uuid::max()))
    .bind::<BigInt, _>(keyset.rows())
    .load(conn)
    .await
}
