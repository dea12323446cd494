//! PostgreSQL's own tools, which read and write the database as a stream.

use std::{ffi::OsString, path::PathBuf, process::Stdio};

use anyhow::{Context, Result, bail};
use balloond_database::parse_url;
use tokio::process::Command;
use tokio_postgres::config::{Host, SslMode};

/// `pg_dump` or `pg_restore`, told by the environment how to connect: arguments are seen by every user of the machine.
pub fn tool(name: &str, url: &str) -> Result<Command> {
    let config = parse_url(url)?;
    let mut command = Command::new(found(name)?);
    let (Some(host), Some(user)) = (config.get_hosts().first(), config.get_user()) else {
        bail!("DATABASE_URL names no host or no user");
    };
    let host: OsString = match host {
        Host::Tcp(name) => name.into(),
        Host::Unix(path) => path.into(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let database = config.get_dbname().unwrap_or(user);
    command.env("PGHOST", host).env("PGPORT", port).env("PGUSER", user).env("PGDATABASE", database);
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
    command.env("PGSSLMODE", if config.get_ssl_mode() == SslMode::Disable { "disable" } else { "require" });
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

/// `$PG_BIN`, then PATH.
fn found(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os("PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        folder.into_iter().chain(std::env::split_paths(&path)).map(|dir| dir.join(name)).find(|it| it.is_file());
    found.with_context(|| {
        format!("{name} was not found on PATH: install your system's package `postgresql-client`, of the server's version or later")
    })
}
