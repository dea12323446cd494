//! A streaming replica of a primary that runs elsewhere.

use std::path::Path;

use anyhow::{Context, Result};

use crate::exec::Area;
use crate::ports;
use crate::postgres::Postgres;
use crate::process::Process;
use crate::signals::Signals;
use crate::workspace::Workspace;

/// Longer than a replica takes that is told to end fast.
const GRACE: std::time::Duration = std::time::Duration::from_secs(20);

/// Copies the primary that `url` names into `dir`, and follows it on a free port of loopback. Tells the replica's own URL too.
pub async fn follow(workspace: &Workspace, dir: &Path, url: &str) -> Result<(Process, String)> {
    let primary: tokio_postgres::Config = url.parse().context("not a URL of PostgreSQL")?;
    let password = primary.get_password().context("a URL without a password")?;
    let password = str::from_utf8(password).context("a password that is no text")?;
    let replica = Postgres { dir, port: ports::any_free()?, password, durable: true };
    replica.copy(url).await?;
    let (process, _) = replica.start(workspace).await?;
    Ok((process, replica.url()))
}

/// Follows the primary that `DATABASE_URL` names until a signal comes; prints the replica's URL once it answers.
pub async fn run(workspace: &Workspace) -> Result<()> {
    let mut signals = Signals::listen()?;
    let primary = std::env::var("DATABASE_URL").context("DATABASE_URL does not name a primary")?;
    let area = Area::make(&workspace.data().join("replica"))?;
    let outcome = tokio::select! {
        following = follow(workspace, &area.dir, &primary) => match following {
            Ok((mut process, url)) => {
                println!("{url}");
                let ended = tokio::select! {
                    _ = signals.next() => Ok(()),
                    _ = process.wait() => Err(anyhow::anyhow!("the replica ended by itself")),
                };
                process.stop(GRACE).await;
                ended
            }
            Err(error) => Err(error),
        },
        _ = signals.next() => Ok(()),
    };
    area.remove();
    outcome
}
