//! Migrations run up, down and up again, and leave the same schema.

use anyhow::Result;
use balloond_database::{AsyncPgConnection, connect, migrate, revert_all};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All that makes the schema: columns, constraints, indexes, functions.
async fn schema(conn: &mut AsyncPgConnection) -> Result<Vec<Line>> {
    let lines = sql_query(
        "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
           FROM information_schema.columns WHERE table_schema = 'public'
         UNION ALL
         SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
         UNION ALL
         SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
         UNION ALL
         SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND probin IS NULL
         ORDER BY line",
    )
    .load(conn)
    .await?;
    Ok(lines)
}

#[tokio::test(flavor = "multi_thread")]
async fn up_down_and_up_again_leave_the_same_schema() -> Result<()> {
    let url = balloond_testing::database::create_bare().await?;
    assert!(!migrate(&url).await?.is_empty());
    let mut conn = connect(&url).await?;
    let first = schema(&mut conn).await?;
    assert!(first.iter().any(|line| line.line.starts_with("users.email ")));

    revert_all(&url).await?;
    let left: Vec<Line> =
        schema(&mut conn).await?.into_iter().filter(|line| !line.line.contains("diesel_schema_migrations")).collect();
    assert_eq!(left, []);

    migrate(&url).await?;
    assert_eq!(schema(&mut conn).await?, first);
    assert!(migrate(&url).await?.is_empty(), "nothing is left to run");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_run_each_migration_once() -> Result<()> {
    let url = balloond_testing::database::create_bare().await?;
    let (one, other) = (url.clone(), url);
    let one = tokio::spawn(async move { migrate(&one).await });
    let other = tokio::spawn(async move { migrate(&other).await });
    let (one, other) = (one.await??, other.await??);
    assert_ne!(one.is_empty(), other.is_empty());
    Ok(())
}
