//! Where a test's own PostgreSQL is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use balloond_devstack::{ports, postgres::Postgres, workspace::Workspace};
use balloond_domain::job;
use balloond_testing::program;

/// Goes with its owner.
pub struct Folder(PathBuf);

impl Folder {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind it is only in the way.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A folder of this process's own, and a free port.
pub fn prepare(name: &str) -> Result<(Workspace, Folder, u16)> {
    let mut workspace = Workspace::find(false)?;
    workspace.program = program::path("balloond-devstack")?;
    let folder = Folder(workspace.data().join(name).join(std::process::id().to_string()));
    std::fs::create_dir_all(&folder.0)?;
    let port = *ports::some_free(1)?.first().context("no free port")?;
    Ok((workspace, folder, port))
}

/// Answers its URL.
pub async fn migrated(postgres: &Postgres<'_>) -> Result<String> {
    let url = postgres.url();
    balloond_database::migrate(&url).await?;
    job::install(&url).await?;
    Ok(url)
}
