//! Every table in two numbers, as one snapshot has them.

use anyhow::Result;
use balloond_database::AsyncPgConnection;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;

use super::manifest::Table;

/// The schemas that are ours; the provider's own stay where they are.
pub const SCHEMAS: [&str; 2] = ["public", "graphile_worker"];

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = Text)]
    checksum: String,
}

/// Reads every row of every table, one table after the other.
pub async fn read(conn: &mut AsyncPgConnection) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for name in names(conn).await? {
        let query = format!(
            "SELECT count(*) AS rows, coalesce(sum(('x' || left(md5(row::text), 15))::bit(60)::bigint), 0)::text AS checksum
             FROM {name} AS row"
        );
        let Content { rows, checksum } = sql_query(query).get_result(conn).await?;
        tables.push(Table { name, rows, checksum });
    }
    Ok(tables)
}

/// The names of our tables, quoted where they have to be.
pub async fn names(conn: &mut AsyncPgConnection) -> Result<Vec<String>> {
    let query = "
        SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
        WHERE relkind = 'r' AND nspname = ANY ($1) ORDER BY name";
    let names: Vec<Name> =
        sql_query(query).bind::<diesel::sql_types::Array<Text>, _>(SCHEMAS.as_slice()).load(conn).await?;
    Ok(names.into_iter().map(|it| it.name).collect())
}

/// The extensions that live in our schemas.
pub async fn extensions(conn: &mut AsyncPgConnection) -> Result<Vec<String>> {
    let query = "
        SELECT extname AS name FROM pg_extension JOIN pg_namespace ON extnamespace = pg_namespace.oid
        WHERE nspname = ANY ($1) ORDER BY extname";
    let names: Vec<Name> =
        sql_query(query).bind::<diesel::sql_types::Array<Text>, _>(SCHEMAS.as_slice()).load(conn).await?;
    Ok(names.into_iter().map(|it| it.name).collect())
}
