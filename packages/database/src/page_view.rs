//! How often the pages were seen, and how quick they were.

use chrono::NaiveDate;
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Date, Integer, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::prepared::prepared;

/// How often a value of a metric came that is at most `up_to`, and above the step before.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Counted {
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    #[diesel(sql_type = Text)]
    pub route: String,
    #[diesel(sql_type = Text)]
    pub metric: String,
    #[diesel(sql_type = Integer)]
    pub up_to: i32,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Appends what a process counted: no row is shared, so that no process waits for another.
pub async fn append(conn: &mut AsyncPgConnection, batch: &[Counted]) -> QueryResult<usize> {
    let query = prepared(
        "INSERT INTO page_view_batches (day, route, metric, up_to, count) SELECT * FROM unnest($1, $2, $3, $4, $5)",
    );
    query
        .bind::<Array<Date>, _>(batch.iter().map(|it| it.day).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(batch.iter().map(|it| it.route.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(batch.iter().map(|it| it.metric.as_str()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(batch.iter().map(|it| it.up_to).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(batch.iter().map(|it| it.count).collect::<Vec<_>>())
        .execute(conn)
        .await
}

/// Adds the batches up by day and deletes them, in one statement: each counts once.
pub async fn roll_up(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    let query = "
        WITH gone AS (DELETE FROM page_view_batches RETURNING day, route, metric, up_to, count)
        INSERT INTO page_views AS kept (day, route, metric, up_to, count)
        SELECT day, route, metric, up_to, sum(count)::bigint FROM gone
        GROUP BY day, metric, route, up_to ORDER BY day, metric, route, up_to
        ON CONFLICT (day, metric, route, up_to) DO UPDATE SET count = kept.count + excluded.count";
    prepared(query).execute(conn).await
}

/// Forgets what was counted before `day`.
pub async fn delete_before(conn: &mut AsyncPgConnection, day: NaiveDate) -> QueryResult<usize> {
    prepared("DELETE FROM page_views WHERE day < $1").bind::<Date, _>(day).execute(conn).await
}

/// What was counted from a day on, added up or not yet: views by day, everything else over all of these days, under the first of them.
pub async fn since(conn: &mut AsyncPgConnection, day: NaiveDate) -> QueryResult<Vec<Counted>> {
    let query = "
        SELECT counted_on AS day, route, metric, up_to, sum(count)::bigint AS count
        FROM (
            SELECT CASE metric WHEN 'views' THEN day ELSE $1 END AS counted_on, route, metric, up_to, count
            FROM (
                SELECT day, route, metric, up_to, count FROM page_views WHERE day >= $1
                UNION ALL
                SELECT day, route, metric, up_to, count FROM page_view_batches WHERE day >= $1
            ) AS counted
        ) AS dated
        GROUP BY counted_on, route, metric, up_to ORDER BY counted_on, route, metric, up_to";
    prepared(query).bind::<Date, _>(day).load(conn).await
}
