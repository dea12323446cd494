//! Bringing a backup back, into an empty place.

use std::{path::Path, process::Stdio, time::Instant};

use anyhow::{Context, Result, bail, ensure};
use balloond_database::{AsyncPgConnection, connect};
use balloond_domain::Config;
use balloond_storage::Storage;
use diesel_async::SimpleAsyncConnection;
use tokio::io::AsyncWriteExt;

use super::{
    dump,
    manifest::{Manifest, compare},
    objects, tables,
    vault::Vault,
};
use crate::progress::Progress;

/// Restores a backup, the newest unless one is named, and compares what came out with what went in.
///
/// # Errors
///
/// When the place is not empty, something cannot be read or written, or the comparison fails. A run that broke off can be
/// repeated.
pub async fn restore(folder: &Path, backup: Option<&str>) -> Result<()> {
    let began = Instant::now();
    let config = Config::from_env()?;
    let (vault, storage) = (Vault::open(folder)?, Storage::new(&config.storage)?);
    let names = vault.backups()?;
    let name = match backup {
        Some(name) => names.iter().find(|it| *it == name).with_context(|| format!("there is no backup {name}"))?,
        None => names.last().with_context(|| format!("{} has no backup", folder.display()))?,
    };
    let manifest = vault.manifest(name)?;
    let mut conn = connect(&config.database.url).await.context("the database does not answer")?;
    conn.batch_execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0").await?;
    refuse_foreign_objects(&storage, &manifest).await?;
    if needs_database(&mut conn, &manifest).await? {
        restore_database(&mut conn, &config.database.url, &vault, name).await?;
        compare(&manifest.tables, &tables::read(&mut conn).await?)?;
    }
    objects::bring_back(&storage, &vault, &manifest.objects).await?;
    let missing = missing(&storage, &manifest).await?;
    ensure!(missing == 0, "{missing} objects are not there, or of another size");
    let rows: i64 = manifest.tables.iter().map(|table| table.rows).sum();
    let (tables, count, seconds) = (manifest.tables.len(), manifest.objects.len(), began.elapsed().as_secs_f64());
    println!("{name}: {rows} rows of {tables} tables, all checksums right, and {count} objects in {seconds:.1} s");
    Ok(())
}

/// False when an earlier run brought it back already.
async fn needs_database(conn: &mut AsyncPgConnection, manifest: &Manifest) -> Result<bool> {
    if tables::names(conn).await?.is_empty() {
        return Ok(true);
    }
    match compare(&manifest.tables, &tables::read(conn).await?) {
        Ok(()) => Ok(false),
        Err(_) => bail!("the database is not empty: a backup is brought back into an empty one only"),
    }
}

async fn refuse_foreign_objects(storage: &Storage, manifest: &Manifest) -> Result<()> {
    let there = objects::list(storage).await?;
    let ours = there.iter().all(|object| manifest.objects.iter().any(|it| it.key == object.key));
    ensure!(ours, "the bucket is not empty: a backup is brought back into an empty one only");
    Ok(())
}

async fn missing(storage: &Storage, manifest: &Manifest) -> Result<usize> {
    let there = objects::list(storage).await?;
    let there: std::collections::HashSet<(&str, u64)> =
        there.iter().map(|object| (object.key.as_str(), object.size)).collect();
    Ok(manifest.objects.iter().filter(|it| !there.contains(&(it.key.as_str(), it.size))).count())
}

/// In one transaction: what fails half way leaves nothing.
async fn restore_database(conn: &mut AsyncPgConnection, url: &str, vault: &Vault, name: &str) -> Result<()> {
    // The dump makes the schema itself. One that holds anything is not dropped.
    conn.batch_execute("DROP SCHEMA IF EXISTS public").await.context("the schema public is not empty")?;
    let outcome = stream_into_restore(url, vault, &Vault::database_name(name)).await;
    if outcome.is_err() {
        conn.batch_execute("CREATE SCHEMA IF NOT EXISTS public").await.ok();
    }
    outcome
}

async fn stream_into_restore(url: &str, vault: &Vault, file: &str) -> Result<()> {
    let mut reader = vault.reader(file)?;
    let mut command = dump::tool("pg_restore", url)?;
    command.args(["--no-owner", "--no-privileges", "--no-password", "--exit-on-error", "--single-transaction"]);
    command.arg("--dbname=");
    let mut restore = command.stdin(Stdio::piped()).spawn().context("pg_restore cannot be started")?;
    let mut input = restore.stdin.take().context("pg_restore takes no input")?;
    let mut progress = Progress::new("database", "bytes", 0);
    while let Some(chunk) = reader.next().with_context(|| format!("{file} cannot be opened"))? {
        // It says itself why it takes no more.
        if input.write_all(&chunk).await.is_err() {
            break;
        }
        progress.step(chunk.len() as u64, chunk.len() as u64);
    }
    drop(input);
    let ended = restore.wait_with_output().await?;
    ensure!(ended.status.success(), "pg_restore failed: {}", String::from_utf8_lossy(&ended.stderr).trim());
    progress.end();
    Ok(())
}
