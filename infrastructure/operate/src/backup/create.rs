//! Making a backup of a running Balloon'd.

use std::{collections::HashSet, io::Write, path::Path, process::Stdio, time::Instant};

use anyhow::{Context, Result, ensure};
use balloond_database::{AsyncPgConnection, connect};
use balloond_domain::Config;
use balloond_storage::Storage;
use chrono::Utc;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tokio::io::AsyncReadExt;

use super::{
    dump,
    manifest::Manifest,
    objects,
    tables::{self, SCHEMAS},
    vault::Vault,
};
use crate::progress::Progress;

/// Backs the database and the bucket up into `folder`.
///
/// # Errors
///
/// When something cannot be read or written. The next run carries on.
pub async fn create(folder: &Path, keep: Option<usize>) -> Result<()> {
    let began = Instant::now();
    let config = Config::from_env()?;
    let (vault, storage) = (Vault::open(folder)?, Storage::new(&config.storage)?);
    let name = Utc::now().format("%Y%m%dT%H%M%S%.3fZ").to_string();
    ensure!(!vault.backups()?.contains(&name), "a backup of this moment is there already");
    let mut saved = objects::save(&storage, &vault).await?;
    let tables = save_database(&config, &vault, &name).await?;
    let known: HashSet<String> = saved.iter().map(|object| object.key.clone()).collect();
    let later = objects::save(&storage, &vault).await?;
    saved.extend(later.into_iter().filter(|object| !known.contains(&object.key)));
    let (rows, count) = (tables.iter().map(|table| table.rows).sum::<i64>(), saved.len());
    let version = env!("CARGO_PKG_VERSION").to_owned();
    vault.put_manifest(&name, &Manifest { version, tables, objects: saved })?;
    if let Some(keep) = keep {
        vault.prune(keep)?;
    }
    println!("{name}: {rows} rows and {count} objects in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

#[derive(QueryableByName)]
struct Snapshot {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Dumps one snapshot, and sums up the same one.
async fn save_database(config: &Config, vault: &Vault, name: &str) -> Result<Vec<super::manifest::Table>> {
    let url = &config.database.url;
    let mut conn = connect(url).await.context("the database does not answer")?;
    conn.batch_execute(
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
         BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
    .await?;
    let query = "SELECT pg_export_snapshot() AS name, pg_database_size(current_database()) AS bytes";
    let snapshot: Snapshot = sql_query(query).get_result(&mut conn).await?;
    dump_snapshot(&mut conn, url, vault, &Vault::database_name(name), &snapshot).await?;
    let tables = tables::read(&mut conn).await?;
    conn.batch_execute("COMMIT").await?;
    Ok(tables)
}

async fn dump_snapshot(
    conn: &mut AsyncPgConnection,
    url: &str,
    vault: &Vault,
    file: &str,
    snapshot: &Snapshot,
) -> Result<()> {
    let mut command = dump::tool("pg_dump", url)?;
    command.args(["--format=custom", "--no-password"]).arg(format!("--snapshot={}", snapshot.name));
    command.args(SCHEMAS.map(|schema| format!("--schema={schema}")));
    command.args(tables::extensions(conn).await?.into_iter().map(|it| format!("--extension={it}")));
    let mut dump = command.stdout(Stdio::piped()).spawn().context("pg_dump cannot be started")?;
    let mut output = dump.stdout.take().context("pg_dump has no output")?;
    let mut writer = vault.writer(file)?;
    let mut progress = Progress::new("database", "bytes at most", u64::try_from(snapshot.bytes)?);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = output.read(&mut buffer).await?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        writer.write_all(part)?;
        progress.step(read as u64, read as u64);
    }
    let ended = dump.wait_with_output().await?;
    ensure!(ended.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&ended.stderr).trim());
    progress.end();
    writer.finish()
}
