//! The hot paths use an index at 10,000 people and 200,000 messages.

use anyhow::Result;
use balloond_database::{AsyncPgConnection, Keyset, chat, connect, message, search, seed, user};
use chrono::Utc;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Scanned {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = BigInt)]
    times: i64,
}

/// The tables that this transaction read from end to end, by what Postgres itself counts.
async fn sequential_scans(conn: &mut AsyncPgConnection) -> Result<Vec<Scanned>> {
    let scans = sql_query(
        "SELECT relname::text AS table, seq_scan AS times FROM pg_stat_xact_user_tables WHERE seq_scan > 0 ORDER BY relname",
    );
    Ok(scans.load(conn).await?)
}

#[tokio::test]
async fn no_hot_path_reads_a_whole_table() -> Result<()> {
    let mut conn = connect(&balloond_testing::database::create().await?).await?;
    conn.batch_execute("SET statement_timeout = 0").await?;
    let crowd = seed::crowd(&mut conn, seed::Size { people: 10_000, chats: 2_000, messages: 200_000 }).await?;
    conn.batch_execute("BEGIN").await?;
    // What the seeding read is counted here too until it is flushed.
    let before = sequential_scans(&mut conn).await?;
    let (viewer, chat) = (crowd.viewer, crowd.chat);
    let keyset = Keyset { after: None, limit: 24 };
    let now = Utc::now();
    let search = user::Search { interest: Some("tea".to_owned()), ..user::Search::default() };
    let named = user::Search { name_part: Some("person 99".to_owned()), ..user::Search::default() };

    for (what, read) in [
        ("people", user::search(&conn, viewer, &user::Search::default(), now.date_naive(), now, keyset).await?.len()),
        ("people by interest", user::search(&conn, viewer, &search, now.date_naive(), now, keyset).await?.len()),
        ("people by name", user::search(&conn, viewer, &named, now.date_naive(), now, keyset).await?.len()),
        ("chats", chat::list(&conn, viewer, keyset).await?.len()),
        ("history", message::history(&conn, chat, i64::MAX, 50).await?.len()),
        ("catching up", message::changed_since(&mut conn, chat, 10, 300).await?.len()),
        ("members", chat::members(&conn, chat).await?.len()),
    ] {
        assert!(read > 0, "{what} found nothing");
    }
    let words = balloond_shared::search::SearchQuery { q: "ordinary leng".to_owned(), ..Default::default() };
    let words = words.parse().expect("words");
    assert_eq!(search::messages(&mut conn, viewer, &words, None, keyset).await?.len(), 25);
    assert_eq!(search::messages(&mut conn, viewer, &words, Some(chat), keyset).await?.len(), 25);
    chat::count_waiting(&conn, viewer, now).await?;
    assert_eq!(sequential_scans(&mut conn).await?, before);
    Ok(())
}

#[derive(Debug, QueryableByName)]
struct Kept {
    #[diesel(sql_type = BigInt)]
    statements: i64,
    #[diesel(sql_type = BigInt)]
    executed: i64,
    #[diesel(sql_type = BigInt)]
    planned_again: i64,
}

#[tokio::test]
async fn a_statement_is_parsed_and_planned_once_a_connection() -> Result<()> {
    let mut conn = connect(&balloond_testing::database::create().await?).await?;
    let crowd = seed::crowd(&mut conn, seed::Size { people: 100, chats: 10, messages: 200 }).await?;
    let (viewer, now) = (crowd.viewer, Utc::now());
    let keyset = Keyset { after: None, limit: 24 };
    for _ in 0..7 {
        user::search(&conn, viewer, &user::Search::default(), now.date_naive(), now, keyset).await?;
        chat::list(&conn, viewer, keyset).await?;
        chat::summary(&conn, viewer, crowd.chat).await?;
        chat::count_waiting(&conn, viewer, now).await?;
        message::history(&conn, crowd.chat, i64::MAX, 50).await?;
        let new = message::NewMessage {
            id: balloond_shared::MessageId::new(),
            chat: crowd.chat,
            sender: viewer,
            client_id: balloond_shared::ClientId::new(),
            body: "hello",
            reply_to: None,
            photo: None,
        };
        message::insert(&mut conn, new).await?;
    }
    let kept: Kept = sql_query(
        "SELECT count(*) AS statements, sum(generic_plans)::int8 AS executed, sum(custom_plans)::int8 AS planned_again
         FROM pg_prepared_statements WHERE generic_plans + custom_plans = 7",
    )
    .get_result(&mut conn)
    .await?;
    assert_eq!((kept.statements, kept.executed, kept.planned_again), (6, 42, 0), "{kept:?}");
    Ok(())
}
