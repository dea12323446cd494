//! A private Redis with an append-only file, so that a restart loses nothing.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::binaries;
use crate::ports;
use crate::process::{Launch, Output, Process, until_ready};
use crate::settings::write_private;
use crate::workspace::Workspace;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// What to start, and where.
pub struct Redis<'a> {
    pub dir: &'a Path,
    pub port: u16,
    pub password: &'a str,
    pub durable: bool,
}

impl Redis<'_> {
    pub fn url(&self) -> String {
        format!("redis://default:{}@127.0.0.1:{}/", self.password, self.port)
    }

    /// Starts it and waits until it answers, its data loaded.
    pub async fn start(&self, workspace: &Workspace) -> Result<Process> {
        let program = binaries::redis()?;
        let data = self.dir.join("redis");
        fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
        let configuration = data.join("redis.conf");
        write_private(&configuration, &self.configuration(&data))?;
        let log = self.dir.join("redis.log");
        let mut process =
            Launch::new("redis", program, Output::File(log.clone())).args([&configuration]).start(workspace)?;
        until_ready(&mut process, READY_WITHIN, Some(&log), || self.answers()).await?;
        Ok(process)
    }

    fn configuration(&self, data: &Path) -> String {
        format!(
            "bind 127.0.0.1\nport {}\nrequirepass {}\ndir \"{}\"\nsave \"\"\nappendonly {}\n",
            self.port,
            self.password,
            data.display(),
            if self.durable { "yes" } else { "no" },
        )
    }

    async fn answers(&self) -> bool {
        self.command("PING").await.as_deref() == Some("+PONG")
    }

    /// A server that outlived a crash would write to the same files: it is asked to end, and waited for.
    pub async fn end_orphan(&self) -> Result<()> {
        let ours = tokio::time::timeout(Duration::from_secs(2), self.answers()).await;
        if ours != Ok(true) {
            return Ok(());
        }
        let gone = async {
            while self.command("SHUTDOWN").await.is_some() || !ports::is_free(self.port) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(READY_WITHIN, gone)
            .await
            .context("an earlier Redis still runs on .data/redis and does not end")
    }

    /// The first line that a command without arguments is answered with; `None` when there is no answer.
    async fn command(&self, command: &str) -> Option<String> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let mut stream = BufReader::new(stream);
        stream.write_all(format!("AUTH {}\r\n{command}\r\n", self.password).as_bytes()).await.ok()?;
        let mut lines = stream.lines();
        lines.next_line().await.ok()?.filter(|line| line == "+OK")?;
        lines.next_line().await.ok()?
    }
}
