//! Finding what was said: the same by either way, and little is read for it.

use anyhow::Result;
use balloond_database::{AsyncPgConnection, Keyset, connect, search, seed};
use balloond_shared::{ChatId, search::SearchQuery};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

/// Common in every chat, common long ago, rare, said once, in other letters, and of late in one chat.
const LOOKED_FOR: [&str; 7] = ["ordinary leng", "1", "12", "message 17", "1777", "Length ordi", "weekday"];

/// Fifty chats of the viewer's with a thousand messages each, and ten of others.
async fn crowd() -> Result<(AsyncPgConnection, seed::Crowd)> {
    let mut conn = connect(&balloond_testing::database::create().await?).await?;
    conn.batch_execute("SET statement_timeout = 0").await?;
    let crowd = seed::crowd(&mut conn, seed::Size { people: 200, chats: 60, messages: 60_000 }).await?;
    Ok((conn, crowd))
}

fn words(q: &str) -> Result<balloond_shared::search::Words> {
    SearchQuery { q: q.to_owned(), ..SearchQuery::default() }.parse().map_err(|errors| anyhow::anyhow!("{errors:?}"))
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// All that there is, by reading everything.
async fn read_all(
    conn: &mut AsyncPgConnection,
    viewer: balloond_shared::UserId,
    q: &str,
    chat: Option<ChatId>,
) -> Result<Vec<Uuid>> {
    let all: Vec<Id> = sql_query(
        "SELECT messages.id FROM messages JOIN chat_members member USING (chat_id)
         WHERE member.user_id = $1 AND ($2 IS NULL OR chat_id = $2)
           AND to_tsvector('simple', body || '') @@ to_tsquery('simple', $3)
         ORDER BY messages.id DESC",
    )
    .bind::<SqlUuid, _>(viewer)
    .bind::<Nullable<SqlUuid>, _>(chat)
    .bind::<Text, _>(words(q)?.as_str())
    .load(conn)
    .await?;
    Ok(all.into_iter().map(|found| found.id).collect())
}

#[tokio::test]
async fn every_page_has_what_reading_everything_finds() -> Result<()> {
    let (mut conn, crowd) = crowd().await?;
    // One person's words in capitals, and a chat that speaks of nothing but one thing of late.
    conn.batch_execute(
        "UPDATE messages SET body = upper(body) WHERE seq % 7 = 0;
         UPDATE messages SET body = 'weekday ' || body WHERE seq > 990 AND chat_id = (SELECT min(id::text)::uuid FROM chats)",
    )
    .await?;
    for q in LOOKED_FOR {
        for chat in [None, Some(crowd.chat)] {
            let expected = read_all(&mut conn, crowd.viewer, q, chat).await?;
            let (mut found, mut after) = (Vec::new(), None);
            while found.len() < 400 {
                let keyset = Keyset { after, limit: 100 };
                let page = search::messages(&mut conn, crowd.viewer, &words(q)?, chat, keyset).await?;
                let page: Vec<Uuid> = page.iter().take(100).map(|found| found.message.id.as_uuid()).collect();
                after = page.last().copied();
                if page.is_empty() {
                    break;
                }
                found.extend(page);
            }
            assert_eq!(found, expected.into_iter().take(found.len().max(400)).collect::<Vec<_>>(), "{q} in {chat:?}");
        }
    }
    Ok(())
}

#[derive(Debug, QueryableByName)]
struct Read {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    scans: i64,
}

/// The messages that this transaction has read, by what Postgres itself counts, and how often from end to end.
async fn read(conn: &mut AsyncPgConnection) -> Result<Read> {
    let read = sql_query(
        "SELECT idx_tup_fetch AS rows, seq_scan AS scans FROM pg_stat_xact_user_tables WHERE relname = 'messages'",
    );
    Ok(read.get_result(conn).await?)
}

#[tokio::test]
async fn a_search_reads_few_messages_however_many_have_the_words() -> Result<()> {
    let (mut conn, crowd) = crowd().await?;
    conn.batch_execute("BEGIN").await?;
    // Everywhere; once; never; and of late alone, so that reading on from the newest finds too few, and the index is asked after all.
    for (q, most) in [("ordinary leng", 14_000), ("1777", 900), ("weekday", 900), ("59", 15_000)] {
        let before = read(&mut conn).await?;
        search::messages(&mut conn, crowd.viewer, &words(q)?, None, Keyset { after: None, limit: 24 }).await?;
        let after = read(&mut conn).await?;
        let rows = after.rows - before.rows;
        assert!(rows <= most && after.scans == before.scans, "{q}: {rows} messages were read, {before:?} {after:?}");
    }
    Ok(())
}
