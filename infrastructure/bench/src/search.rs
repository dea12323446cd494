//! Finding what was said: rare and common words, in one chat and in all fifty of somebody's, among 200,000 messages and 1,000,000.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use balloond_database::{
    AsyncPgConnection, Keyset, search,
    seed::{self, Size},
};
use balloond_shared::{ChatId, search::SearchQuery};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{
    crowd::Crowd,
    report::{Report, millis, percentile},
};

/// So often each is asked.
const TIMES: usize = 60;
/// So many messages there are in the end.
const MANY: i32 = 1_000_000;

/// What is looked for, and how much of what was said has it.
const WORDS: [(&str, &str); 4] = [
    ("1777", "a rare word"),
    ("12", "the beginning of one word in ninety"),
    ("1", "of one word in nine"),
    ("ordinary leng", "two words that everybody says"),
];

#[derive(QueryableByName)]
struct Sizes {
    #[diesel(sql_type = Text)]
    sizes: String,
}

pub async fn measure(crowd: &Crowd, size: Size, report: &mut Report) -> Result<()> {
    let mut conn = crowd.conn.lock().await;
    let few = ask_all(&mut conn, crowd).await?;
    eprintln!("seeding up to 1,000,000 messages");
    let begin = Instant::now();
    seed::more_messages(&mut conn, Size { messages: MANY, ..size }, size.messages).await?;
    let each = begin.elapsed() / u32::try_from(MANY - size.messages)?;
    conn.batch_execute("VACUUM ANALYZE messages").await?;
    let many = ask_all(&mut conn, crowd).await?;
    for ((name, few), (_, many)) in few.iter().zip(&many) {
        let times = millis(many.p95) / millis(few.p95).max(0.1);
        report.line(
            &format!("search, {name}"),
            format!(
                "p50/p95 {:.1}/{:.1} ms; among 1,000,000 {:.1}/{:.1} ms, {times:.1} times",
                millis(few.p50),
                millis(few.p95),
                millis(many.p50),
                millis(many.p95)
            ),
            "1 times",
        );
    }
    let sizes: Sizes = sql_query(
        "SELECT pg_size_pretty(pg_table_size('messages')) || ', the words ' || pg_size_pretty(pg_relation_size('messages_chat_words_idx'))
                AS sizes",
    )
    .get_result(&mut *conn)
    .await?;
    report.line("1,000,000 messages", format!("{}, {:.0} µs to store each", sizes.sizes, each.as_secs_f64() * 1e6), "");
    Ok(())
}

struct Asked {
    p50: Duration,
    p95: Duration,
}

async fn ask_all(conn: &mut AsyncPgConnection, crowd: &Crowd) -> Result<Vec<(String, Asked)>> {
    let mut asked = Vec::new();
    for (q, what) in WORDS {
        for (chat, place) in [(Some(crowd.chat), "one chat"), (None, "50 chats")] {
            eprintln!("measuring the search for {q}, {place}");
            asked.push((format!("{what}, {place}"), ask(conn, crowd, q, chat).await?));
        }
    }
    Ok(asked)
}

async fn ask(conn: &mut AsyncPgConnection, crowd: &Crowd, q: &str, chat: Option<ChatId>) -> Result<Asked> {
    let query = SearchQuery { q: q.to_owned(), ..SearchQuery::default() };
    let words = query.parse().ok().context("these are words")?;
    let keyset = Keyset { after: None, limit: 24 };
    let mut times = Vec::new();
    // The first ones parse, plan, and fill the caches.
    for turn in 0..TIMES + 10 {
        let begin = Instant::now();
        search::messages(conn, crowd.viewer, &words, chat, keyset).await?;
        if turn >= 10 {
            times.push(begin.elapsed());
        }
    }
    times.sort_unstable();
    Ok(Asked { p50: percentile(&times, 50.0), p95: percentile(&times, 95.0) })
}
