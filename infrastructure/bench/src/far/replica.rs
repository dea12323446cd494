//! A replica that stands where it is started.

use std::process::Stdio;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// One that is not stopped ends with this process.
pub struct Replica(Child);

impl Replica {
    /// Begins to copy the primary that `url` names, to follow it then.
    pub fn start(url: &str) -> Result<Self> {
        let devstack = std::env::var("DEVSTACK").context("DEVSTACK is not set: run this with `just bench`")?;
        let mut command = Command::new(devstack);
        command.arg("replica").env("DATABASE_URL", url).stdin(Stdio::null()).stdout(Stdio::piped());
        Ok(Self(command.spawn().context("a replica cannot be started")?))
    }

    /// Its own, once it answers.
    pub async fn url(&mut self) -> Result<String> {
        let told = self.0.stdout.take().context("it was asked before")?;
        BufReader::new(told).lines().next_line().await?.context("the replica did not start")
    }

    /// Ends it, and waits until it has taken its data with it.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(pid) = self.0.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            kill_process(pid, Signal::TERM)?;
        }
        self.0.wait().await?;
        Ok(())
    }
}
