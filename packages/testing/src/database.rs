//! A database of its own for every test, cloned from a migrated template: about 50 ms instead of running the migrations.
//! It goes when its test's process has ended, so that hundreds of tests need the room of a few.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::{Context, Result};
use balloond_database::{AsyncPgConnection, connect, migrate};
use balloond_domain::job;
use diesel::{
    QueryableByName,
    sql_types::{Bool, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

/// Any number, always the same: test processes that start at once make the template once.
const LOCK: i64 = 7_426_114_502;
/// The same for dropping the databases of ended tests.
const SWEEP: i64 = 7_426_114_503;

/// Makes an empty, migrated database on the server that `DATABASE_URL` names; answers its URL.
pub async fn create() -> Result<String> {
    let server = server_url()?;
    let mut conn = connect(&server).await.context("connecting to the server that DATABASE_URL names")?;
    conn.batch_execute("SET statement_timeout = 0").await?;
    drop_abandoned(&mut conn).await?;
    conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).await?;
    let template = template(&mut conn, &server).await?;
    let name = claim(&mut conn).await?;
    conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).await?;
    keep_claim(conn);
    url_of(&server, &name)
}

/// Makes an empty database without any table.
pub async fn create_bare() -> Result<String> {
    let server = server_url()?;
    let mut conn = connect(&server).await?;
    let name = claim(&mut conn).await?;
    conn.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    keep_claim(conn);
    url_of(&server, &name)
}

/// A new name, with the connection marked as its owner: a database is somebody's while a connection bears its name.
async fn claim(conn: &mut AsyncPgConnection) -> Result<String> {
    let name = format!("test_{}", Uuid::now_v7().simple());
    conn.batch_execute(&format!("SET application_name = '{name}'")).await?;
    Ok(name)
}

/// Leaves the connection open until the process ends, however it ends.
#[expect(clippy::mem_forget, reason = "the open connection is the claim")]
fn keep_claim(conn: AsyncPgConnection) {
    std::mem::forget(conn);
}

/// Drops the databases of tests that have ended. One process at a time does it; the others go on.
async fn drop_abandoned(conn: &mut AsyncPgConnection) -> Result<()> {
    if !diesel::select(diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_lock({SWEEP})"))).get_result(conn).await? {
        return Ok(());
    }
    let abandoned = diesel::sql_query(
        "SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'test\\_%' \
         AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = pg_database.datname)",
    );
    for Named { name } in abandoned.load::<Named>(conn).await? {
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    }
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({SWEEP})")).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

fn server_url() -> Result<String> {
    std::env::var("DATABASE_URL").context("DATABASE_URL is not set: run the tests with `just test`")
}

/// The template, migrated and with the job queue, made when there is none for these migrations.
async fn template(conn: &mut AsyncPgConnection, server: &str) -> Result<String> {
    let template = format!("blank_{:x}", migrations_hash()?);
    let exists: bool = diesel::select(
        diesel::dsl::sql::<Bool>("EXISTS (SELECT FROM pg_database WHERE datname = ")
            .bind::<Text, _>(&template)
            .sql(")"),
    )
    .get_result(conn)
    .await?;
    if !exists {
        let unfinished = format!("{template}_unfinished");
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {unfinished}")).await?;
        conn.batch_execute(&format!("CREATE DATABASE {unfinished}")).await?;
        let url = url_of(server, &unfinished)?;
        migrate(&url).await?;
        job::install(&url).await?;
        conn.batch_execute(&format!("ALTER DATABASE {unfinished} RENAME TO {template}")).await?;
    }
    Ok(template)
}

/// Another schema has another template.
fn migrations_hash() -> Result<u64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files = Vec::new();
    for migration in fs::read_dir(folder)?.flatten().filter(|entry| entry.path().is_dir()) {
        files.push(migration.path().join("up.sql"));
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The same server, another database.
fn url_of(server: &str, name: &str) -> Result<String> {
    let (base, parameters) = server.split_once('?').unwrap_or((server, ""));
    let (server, _) = base.rsplit_once('/').context("DATABASE_URL names no database")?;
    Ok(if parameters.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{parameters}") })
}
