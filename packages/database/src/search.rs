//! Finding what was said, in the chats of one person.

use balloond_shared::{ChatId, UserId, search::Words};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Uuid},
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

/// The newest of a chat are looked at first, so many.
const SAMPLE: i64 = 16;
/// A word that so many of them have is common: it is looked for from the newest on.
const COMMON: i64 = 4;
/// But no further back than so many changes.
const WALK: i64 = 256;
/// Beyond what is asked for: ids follow the order of a chat nearly, and not quite.
const SLACK: i64 = 8;

/// The newest messages with all of these words, in one of somebody's chats or in all of them.
///
/// It costs about the same whatever is looked for, and however much was said. Words that a chat is full of are found within its newest
/// messages, by reading them; all others by an index of the words of each chat, in which what others said elsewhere has no part. (`OFFSET
/// 0` keeps the two ways apart: what stands outside of it is no reason to choose another index inside.)
pub async fn messages(
    conn: &mut AsyncPgConnection,
    user: UserId,
    words: &Words,
    chat: Option<ChatId>,
    keyset: Keyset,
) -> QueryResult<Vec<Found>> {
    prepared(
        "SELECT messages.id, messages.chat_id, messages.sender_id, messages.client_id, messages.seq, messages.changed_seq, messages.body,
                messages.sent_at, messages.edited_at, messages.deleted_at, messages.reply_to, messages.reactions, messages.photo,
                messages.line, COALESCE(newest.title, other.name, '') AS title
         FROM (
             SELECT found.id, chats.title, CASE chats.direct_low WHEN $1 THEN chats.direct_high ELSE chats.direct_low END AS other_id
             FROM chat_members member
             JOIN chats ON chats.id = member.chat_id
             CROSS JOIN LATERAL (
                 SELECT count(*) >= $7 AS is_common
                 FROM (SELECT body FROM messages WHERE chat_id = chats.id ORDER BY seq DESC LIMIT $6) AS sample
                 WHERE lower(sample.body) LIKE ALL ($8)
                   AND to_tsvector('simple', sample.body) @@ (SELECT to_tsquery('simple', $2))
             ) AS sampled
             CROSS JOIN LATERAL (
                 SELECT array_agg(walked.id) AS ids,
                        sampled.is_common AND (count(*) = $5 + $10 OR chats.head <= $9) AS is_complete
                 FROM (
                     SELECT latest.id
                     FROM (
                         SELECT id, body FROM messages
                         WHERE sampled.is_common AND chat_id = chats.id AND seq > chats.head - $9
                         ORDER BY seq DESC OFFSET 0
                     ) AS latest
                     WHERE latest.id < $4 AND lower(latest.body) LIKE ALL ($8)
                       AND to_tsvector('simple', latest.body) @@ (SELECT to_tsquery('simple', $2))
                     LIMIT $5 + $10
                 ) AS walked
             ) AS walk
             CROSS JOIN LATERAL (
                 SELECT id FROM unnest(walk.ids) AS id WHERE walk.is_complete
                 UNION ALL (
                     SELECT indexed.id
                     FROM (
                         SELECT id, chat_id FROM messages
                         WHERE NOT walk.is_complete AND chat_words(chat_id, body) @@ chat_query(chats.id, $2)
                         OFFSET 0
                     ) AS indexed
                     WHERE indexed.chat_id = chats.id AND indexed.id < $4
                     ORDER BY indexed.id DESC LIMIT $5
                 )
             ) AS found
             WHERE member.user_id = $1 AND ($3 IS NULL OR member.chat_id = $3)
             ORDER BY found.id DESC LIMIT $5
         ) AS newest
         JOIN messages ON messages.id = newest.id
         LEFT JOIN users other ON other.id = newest.other_id
         ORDER BY newest.id DESC",
    )
    .bind::<Uuid, _>(user)
    .bind::<Text, _>(words.as_str())
    .bind::<Nullable<Uuid>, _>(chat)
    .bind::<Uuid, _>(keyset.after.unwrap_or(uuid::Uuid::max()))
    .bind::<BigInt, _>(keyset.rows())
    .bind::<BigInt, _>(SAMPLE)
    .bind::<BigInt, _>(COMMON)
    .bind::<Array<Text>, _>(words.patterns())
    .bind::<BigInt, _>(WALK)
    .bind::<BigInt, _>(SLACK)
    .load(conn)
    .await
}
