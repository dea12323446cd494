//! Finding what the distribution installed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The folder of PostgreSQL's programs: `$PG_BIN`, then PATH, then the distribution's own folders, newest version first.
/// With `major`, only that major version will do, because it made the data.
pub fn postgres(major: Option<u32>) -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("PG_BIN").map(PathBuf::from) {
        if has_postgres(&dir) {
            return Ok(dir);
        }
        bail!("PG_BIN is {}, which has no `initdb` and `postgres`", dir.display());
    }
    let mut candidates = path_dirs();
    candidates.extend(distribution_dirs());
    let found: Vec<(PathBuf, Option<u32>)> = candidates
        .into_iter()
        .filter(|dir| has_postgres(dir))
        .map(|dir| {
            let version = major_version(&dir);
            (dir, version)
        })
        .collect();
    let Some(wanted) = major else {
        return found.into_iter().next().map(|(dir, _)| dir).context(
            "PostgreSQL was not found (looked in $PG_BIN, PATH and /usr/lib/postgresql): run `just setup`, or install your \
             system's package `postgresql`, or set DATABASE_URL",
        );
    };
    found.into_iter().find(|(_, version)| *version == Some(wanted)).map(|(dir, _)| dir).with_context(|| {
        format!(
            "the data in .data/postgres was made by PostgreSQL {wanted}, which is not installed any more: install it, or \
             start afresh with `just db-reset`"
        )
    })
}

/// One of PostgreSQL's other programs, which need not be beside the server.
pub fn postgres_tool(name: &str) -> Result<PathBuf> {
    let mut folders = path_dirs();
    folders.extend(distribution_dirs());
    folders.into_iter().map(|dir| dir.join(name)).find(|file| file.is_file()).with_context(|| {
        format!("PostgreSQL's `{name}` was not found (looked in PATH and /usr/lib/postgresql): install your system's package `postgresql`")
    })
}

/// The Redis server, or Valkey, which speaks the same.
pub fn redis() -> Result<PathBuf> {
    ["redis-server", "valkey-server"].into_iter().find_map(on_path).context(
        "Redis was not found on PATH: run `just setup`, or install your system's package `redis-server` (or `valkey`), or set \
         REDIS_URL",
    )
}

/// A program on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    path_dirs().into_iter().map(|dir| dir.join(name)).find(|file| file.is_file())
}

fn has_postgres(dir: &Path) -> bool {
    dir.join("initdb").is_file() && dir.join("postgres").is_file()
}

/// PATH, and `/usr/sbin`, which ordinary users often lack.
fn path_dirs() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/bin".into()]).collect()
}

/// Debian's `/usr/lib/postgresql/15/bin`, Fedora's `/usr/pgsql-15/bin`, Homebrew's `…/opt/postgresql@15/bin`.
fn distribution_dirs() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = ["/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt"]
        .into_iter()
        .filter_map(|parent| std::fs::read_dir(parent).ok())
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let digits = name.trim_start_matches("postgresql@").trim_start_matches("pgsql-");
            Some((digits.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, dir)| dir).collect()
}

/// The major version that `postgres --version` tells, which works as any user.
pub fn major_version(dir: &Path) -> Option<u32> {
    let output = std::process::Command::new(dir.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}
