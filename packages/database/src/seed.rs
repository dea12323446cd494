//! A crowd for measuring: made in the database by a few statements, always the same.

use balloond_shared::{ChatId, UserId};
use diesel::{
    QueryResult,
    prelude::*,
    sql_query,
    sql_types::{Integer, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// How large a crowd.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub people: i32,
    /// Direct chats; the first person is in 50 of them.
    pub chats: i32,
    /// Over all chats, as many in each.
    pub messages: i32,
}

/// The people and places to measure with.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Crowd {
    /// The first person.
    #[diesel(sql_type = Uuid)]
    pub viewer: UserId,
    /// One of their chats.
    #[diesel(sql_type = Uuid)]
    pub chat: ChatId,
}

/// The n-th id of a kind: sorted like its number, as UUIDv7 are by time.
const SEED_ID: &str = "
    CREATE FUNCTION pg_temp.seed_id(kind integer, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(kind), 12, '0'))::uuid";

/// Fills an empty database. Nobody in it can log in by password.
pub async fn crowd(conn: &mut AsyncPgConnection, size: Size) -> QueryResult<Crowd> {
    conn.batch_execute(SEED_ID).await?;
    sql_query(
        "INSERT INTO users (id, email, password_hash, name, age, age_given_on, bio, interests, verified_at)
         SELECT pg_temp.seed_id(1, n), 'person' || n || '@example.com', '!', 'Person ' || n, 18 + n % 60, DATE '2026-01-01',
                'Number ' || n || ' of many. Likes long walks, short notes and the odd evening of music.',
                string_to_array((ARRAY['tea,hiking', 'jazz,books', 'cooking,cinema', 'chess,gardening'])[1 + n % 4], ','), now()
         FROM generate_series(1, $1) AS n",
    )
    .bind::<Integer, _>(size.people)
    .execute(conn)
    .await?;
    sql_query(
        "INSERT INTO photos (id, user_id, position, width, height, placeholder)
         SELECT pg_temp.seed_id(2, n), pg_temp.seed_id(1, n), 0, 1280, 1600,
                'data:image/webp;base64,UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA='
         FROM generate_series(1, $1) AS n",
    )
    .bind::<Integer, _>(size.people)
    .execute(conn)
    .await?;
    // The first 50 chats are the first person's; the others pair neighbours.
    sql_query(
        "INSERT INTO chats (id, kind, direct_low, direct_high)
         SELECT pg_temp.seed_id(3, n), 'direct',
                pg_temp.seed_id(1, CASE WHEN n <= 50 THEN 1 ELSE 2 * n END),
                pg_temp.seed_id(1, CASE WHEN n <= 50 THEN 1 + n ELSE 2 * n + 1 END)
         FROM generate_series(1, $1) AS n",
    )
    .bind::<Integer, _>(size.chats)
    .execute(conn)
    .await?;
    conn.batch_execute(
        "INSERT INTO chat_members (chat_id, user_id)
         SELECT id, direct_low FROM chats UNION ALL SELECT id, direct_high FROM chats",
    )
    .await?;
    more_messages(conn, size, 0).await?;
    // Three from everybody but the first person, to those a few hundred places on.
    sql_query(
        "INSERT INTO balloons (id, from_id, to_id, note, expires_at)
         SELECT pg_temp.seed_id(6, 3 * n + k), pg_temp.seed_id(1, n), pg_temp.seed_id(1, 2 + (n + 300 * k) % ($1 - 1)),
                'Saw that you like what I like. Coffee some time?', now() + interval '7 days'
         FROM generate_series(2, $1) AS n, generate_series(1, 3) AS k
         WHERE n <> 2 + (n + 300 * k) % ($1 - 1)",
    )
    .bind::<Integer, _>(size.people)
    .execute(conn)
    .await?;
    // Everybody keeps somebody away, but the first person.
    sql_query(
        "INSERT INTO blocks (id, blocker_id, blocked_id)
         SELECT pg_temp.seed_id(7, n), pg_temp.seed_id(1, n), pg_temp.seed_id(1, 2 + (n + 500) % ($1 - 1))
         FROM generate_series(2, $1) AS n WHERE n <> 2 + (n + 500) % ($1 - 1)",
    )
    .bind::<Integer, _>(size.people)
    .execute(conn)
    .await?;
    conn.batch_execute("ANALYZE").await?;
    sql_query("SELECT pg_temp.seed_id(1, 1) AS viewer, pg_temp.seed_id(3, 1) AS chat").get_result(conn).await
}

/// Adds messages to a crowd that was made with the same chats, after its first `from`, until it has as many as `size` says.
pub async fn more_messages(conn: &mut AsyncPgConnection, size: Size, from: i32) -> QueryResult<()> {
    sql_query(
        "INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body, sent_at)
         SELECT pg_temp.seed_id(4, n), chats.id, CASE WHEN (n / $1) % 2 = 0 THEN direct_low ELSE direct_high END,
                pg_temp.seed_id(5, n), 1 + (n - 1) / $1, 1 + (n - 1) / $1,
                'Message ' || n || ': what one says on a day like this, in a sentence of ordinary length.',
                timestamptz '2026-01-01' + n * interval '1 second'
         FROM generate_series($3 + 1, $2) AS n
         JOIN chats ON chats.id = pg_temp.seed_id(3, 1 + (n - 1) % $1)",
    )
    .bind::<Integer, _>(size.chats)
    .bind::<Integer, _>(size.messages)
    .bind::<Integer, _>(from)
    .execute(conn)
    .await?;
    conn.batch_execute(
        "UPDATE chats SET head = last.seq, last_message_id = last.id
         FROM (SELECT DISTINCT ON (chat_id) chat_id, seq, id FROM messages ORDER BY chat_id, seq DESC) AS last
         WHERE last.chat_id = chats.id",
    )
    .await
}
